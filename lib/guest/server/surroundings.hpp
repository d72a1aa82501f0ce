#pragma once

#include <string>
#include <utility>
#include <vector>

#include "guest/server/account.hpp"

namespace deskloom::guest {

// Mounts at or below the home, and network file systems anywhere; from the text of /proc/mounts.
std::vector<Mount> user_mounts(const std::string& proc_mounts, const std::string& home);
// XDG_…_DIR → path, from the text of ~/.config/user-dirs.dirs.
std::vector<std::pair<std::string, std::string>> xdg_directories(const std::string& text,
                                                                 const std::string& home);
// Paths of the folders in the home that cloud-sync clients are known to use.
std::vector<std::string> sync_folders(const std::string& home);
// ~/.config/user-dirs.dirs, read with the user's rights; empty when there is none.
std::string read_user_dirs(const std::string& home);
std::uint64_t memory_total_bytes();

}  // namespace deskloom::guest
