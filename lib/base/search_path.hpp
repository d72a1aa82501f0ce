#pragma once

#include <string>

namespace deskloom::base {

// Whether a program of that name is found through PATH, and may be run.
bool is_in_path(const std::string& program);

}  // namespace deskloom::base
