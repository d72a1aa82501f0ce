#pragma once

#include <string>

namespace deskloom::guest {

// What the helper takes from its surroundings, so that tests can give it others.
struct Config {
  std::string version;
  // Where accounts are looked up. Empty: getent(1) when the guest has it, so that directory services count
  // too; else /etc/passwd and /etc/group.
  std::string passwd_file;
  std::string group_file;
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
};

}  // namespace deskloom::guest
