#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "guest/server/account.hpp"

namespace deskloom::guest {

// While it lives, the kernel judges every file access of this (single-threaded) process by the user's own
// rights: effective uid, gid and groups are the user's and root's capabilities are off. So a link that the
// user plants or swaps during a walk can lead only where the user could have gone anyway. The real and saved
// uid stay root's: the user can neither signal nor trace the helper. No effect when the helper already runs
// as that user; throws Error(failed) when it is neither root nor that user.
class AsUser {
 public:
  explicit AsUser(const Identity& identity);
  ~AsUser();
  AsUser(const AsUser&) = delete;
  AsUser& operator=(const AsUser&) = delete;

 private:
  bool switched_ = false;
  std::vector<gid_t> groups_;
};

// For a forked child before exec: gives up root for good. False when that failed; the child must then exit.
bool become(const Identity& identity);

// The wanted directory when the user may enter it, else their home, else "/".
std::string usable_directory(const Identity& identity, const std::string& wanted);

}  // namespace deskloom::guest
