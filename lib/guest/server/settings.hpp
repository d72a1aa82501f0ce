#pragma once

#include <string>
#include <utility>
#include <vector>

#include "guest/server/account.hpp"

namespace deskloom::guest {

// "dconf:/dir/section/key" for each key that `dconf dump dir` prints; directory starts and ends with '/'.
std::vector<Setting> parse_dconf_dump(const std::string& text, const std::string& directory);

// Reads these dconf directories as the user. notes: why one could not be read.
std::vector<Setting> read_settings(const Config& config, const Identity& identity,
                                   const std::vector<std::string>& directories,
                                   std::vector<std::string>& notes);

// Writes settings as the user; returns key → reason for those that could not be written.
std::vector<std::pair<std::string, std::string>> write_settings(const Config& config,
                                                                const Identity& identity,
                                                                const std::vector<Setting>& settings);

}  // namespace deskloom::guest
