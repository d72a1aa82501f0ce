#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace deskloom::base {

// Parts of the program that are shared objects of their own, because the libraries that they need would cost
// every start too much. Both sides are built from one tree, and a plugin is never unloaded, so C++ objects
// and exceptions may cross.

// Where this program looks for one: beside itself in the build tree, then where it is installed.
std::vector<std::filesystem::path> plugin_candidates(const std::string& file);

// The first candidate that exists. Throws Error(failed) naming them.
std::filesystem::path find_plugin(const std::vector<std::filesystem::path>& candidates);

// A symbol of the first candidate that exists. Throws Error(failed) naming them, or saying what the loader
// said, with hint.
void* load_plugin_symbol(const std::vector<std::filesystem::path>& candidates, const char* symbol,
                         const std::string& hint);

}  // namespace deskloom::base
