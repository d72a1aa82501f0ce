#pragma once

#include <string>

#include "base/process.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

// Podman with a storage of its own below a temporary directory, for this process and those that it starts,
// and in it the image that scripts/build-guest --container makes. Needs root. All of it is gone at the end,
// however the test ends.
class ContainerLab {
 public:
  ContainerLab();
  ~ContainerLab();
  ContainerLab(const ContainerLab&) = delete;
  ContainerLab& operator=(const ContainerLab&) = delete;

  // Standard output; throws when it fails.
  std::string podman(std::vector<std::string> arguments) const;
  const std::filesystem::path& directory() const { return directory_.path(); }

 private:
  void configure() const;
  void build_image() const;
  TempDir directory_;
};

// From now on, kubectl is a stand-in (tests/support) for this process and those that it starts: a cluster
// that keeps its pods in the directory, and has Podman run them.
void use_stand_in_cluster(const std::filesystem::path& directory);

}  // namespace deskloom::test
