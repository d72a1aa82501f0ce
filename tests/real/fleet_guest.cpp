#include "real/fleet_guest.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/catch.hpp"

namespace deskloom::test {

fleet::Image tiny_image() {
  const char* given = std::getenv("DESKLOOM_TEST_IMAGES");
  return fleet::load_image(given == nullptr ? "/tmp/deskloom-images" : given, "tiny");
}

fleet::HostTarget lab_target(const std::filesystem::path& directory, const std::string& uri) {
  fleet::HostTarget target;
  target.name = "lab";
  target.uri = uri;
  target.accelerator = "auto";
  target.embedded_root = directory / "root";
  target.cache_dir = directory / "cache";
  return target;
}

FleetGuest::FleetGuest(fleet::Runtime& runtime, const std::filesystem::path& directory,
                       const std::string& name, const domain::Allocation& allocation,
                       const domain::Allocation& full)
    : runtime_(runtime) {
  spec_.name = name;
  spec_.image = tiny_image();
  spec_.allocation = allocation;
  spec_.full = full;
  spec_.directory = directory / "instances" / name;
  spec_.accelerator = runtime.probe().accelerator;
}

FleetGuest::~FleetGuest() {
  if (kept_) return;
  try {
    runtime_.destroy(spec_.name, spec_.directory);
  } catch (const std::exception& error) {
    WARN("clean-up: " << error.what());
  }
}

void FleetGuest::start() {
  runtime_.create_disks(spec_);
  runtime_.start(spec_);
}

void FleetGuest::boot() {
  start();
  runtime_.wait_for_agent(spec_.name, std::chrono::seconds(120));
}

std::vector<pid_t> processes_with(const std::string& text) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string command{std::istreambuf_iterator<char>(file), {}};
    if (command.find(text) != std::string::npos) found.push_back(std::stoi(pid));
  }
  return found;
}

}  // namespace deskloom::test
