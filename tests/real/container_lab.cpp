#include "real/container_lab.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace deskloom::test {
namespace {

constexpr std::chrono::minutes patience{5};

std::string must_run(const std::vector<std::string>& argv) {
  base::ProcessOptions options;
  options.timeout = patience;
  const auto result = base::run_process(argv, options);
  if (result.exit_code != 0) throw std::runtime_error(argv.front() + " failed: " + result.err);
  return result.out;
}

}  // namespace

ContainerLab::ContainerLab() {
  configure();
  build_image();
}

// runc and cgroupfs work with every layout of control groups, and without systemd.
void ContainerLab::configure() const {
  const std::string root = directory_.path();
  std::ofstream(directory_ / "storage.conf") << "[storage]\ndriver = \"overlay\"\ngraphroot = \"" << root
                                             << "/graph\"\nrunroot = \"" << root << "/run\"\n";
  std::ofstream(directory_ / "containers.conf")
      << "[engine]\nruntime = \"runc\"\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n"
         "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n";
  ::setenv("CONTAINERS_STORAGE_CONF", (root + "/storage.conf").c_str(), 1);
  ::setenv("CONTAINERS_CONF", (root + "/containers.conf").c_str(), 1);
  ::setenv("DESKLOOM_TEST_IMAGES", (root + "/images").c_str(), 1);
}

void ContainerLab::build_image() const {
  must_run({DESKLOOM_SOURCE_DIR "/scripts/build-guest", "--container", "--output", directory_ / "images"});
}

ContainerLab::~ContainerLab() {
  try {
    podman({"pod", "rm", "--all", "--force", "--time", "0"});
    podman({"rm", "--all", "--force", "--time", "0"});
    podman({"image", "rm", "--all", "--force"});
    base::run_process({"umount", "--quiet", directory_ / "graph/overlay"});  // Podman leaves it mounted
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cleaning up: %s\n", error.what());
  }
}

std::string ContainerLab::podman(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "podman");
  return must_run(arguments);
}

void use_stand_in_cluster(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  ::setenv("KUBECTL_STAND_IN", directory.c_str(), 1);
  ::setenv("KUBECTL_STAND_IN_PODMAN", "1", 1);
  ::setenv("PATH", (std::string(DESKLOOM_TEST_SUPPORT) + ":" + std::getenv("PATH")).c_str(), 1);
}

}  // namespace deskloom::test
