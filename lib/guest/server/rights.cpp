#include "guest/server/rights.hpp"

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <cstdlib>

#include "base/error.hpp"

namespace deskloom::guest {

AsUser::AsUser(const Identity& identity) {
  if (::geteuid() == identity.account.uid) return;
  if (::geteuid() != 0) {
    throw base::Error(base::ErrorKind::failed, "cannot act for user " + identity.account.name + ": not root",
                      "start deskloom-guest as root");
  }
  groups_.resize(static_cast<std::size_t>(::getgroups(0, nullptr)));
  ::getgroups(static_cast<int>(groups_.size()), groups_.data());
  switched_ = true;
  if (::setgroups(identity.groups.size(), identity.groups.data()) != 0 ||
      ::setegid(identity.account.gid) != 0 || ::seteuid(identity.account.uid) != 0) {
    // A destructor does not run for what was not constructed; half a switch must not be gone on with.
    std::abort();
  }
}

AsUser::~AsUser() {
  if (!switched_) return;
  if (::seteuid(0) != 0 || ::setegid(0) != 0 || ::setgroups(groups_.size(), groups_.data()) != 0)
    std::abort();
}

bool become(const Identity& identity) {
  const auto& account = identity.account;
  if (::geteuid() != 0) return ::geteuid() == account.uid;
  return ::setgroups(identity.groups.size(), identity.groups.data()) == 0 && ::setgid(account.gid) == 0 &&
         ::setuid(account.uid) == 0;
}

std::string usable_directory(const Identity& identity, const std::string& wanted) {
  const AsUser rights(identity);
  for (const auto& path : {wanted, identity.account.home}) {
    // AT_EACCESS: plain access(2) goes by the real uid, which is still root's.
    if (!path.empty() && ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0) return path;
  }
  return "/";
}

}  // namespace deskloom::guest
