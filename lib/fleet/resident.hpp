#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace deskloom::fleet {

// What there is on a host of one instance that Deskloom made.
struct Resident {
  std::string name;
  bool has_domain = false;  // or pod, running or not
  bool has_files = false;   // its directory; seen only on this machine

  bool operator==(const Resident&) const = default;
};

// The domains, with the directories of this machine that are named as instances are. By name.
std::vector<Resident> residents_of(const std::vector<std::string>& domains,
                                   const std::filesystem::path& instance_dir);

}  // namespace deskloom::fleet
