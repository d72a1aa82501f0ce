#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "fleet/open.hpp"

namespace deskloom::test {

// The tiny image that scripts/build-guest makes, or a Catch2 failure saying how to make it.
fleet::Image tiny_image();

// A host as a test opens it, its files below directory. uri: "embedded" or a libvirt URI.
fleet::HostTarget lab_target(const std::filesystem::path& directory, const std::string& uri);

// One small instance of a host, destroyed at the end however the test ends.
class FleetGuest {
 public:
  FleetGuest(fleet::Runtime& runtime, const std::filesystem::path& directory, const std::string& name,
             const domain::Allocation& allocation = {1, 256 << 20}, const domain::Allocation& full = {});
  ~FleetGuest();
  FleetGuest(const FleetGuest&) = delete;
  FleetGuest& operator=(const FleetGuest&) = delete;

  fleet::Runtime& runtime() { return runtime_; }
  const fleet::InstanceSpec& spec() const { return spec_; }
  const std::string& name() const { return spec_.name; }
  // Before it starts: it comes without a persona volume.
  void leave_out_volume() { spec_.image.persona_volume.clear(); }
  // Disks and domain; both are steps that may be done again.
  void start();
  void boot();  // and until the agent answers
  void keep() { kept_ = true; }

 private:
  fleet::Runtime& runtime_;
  fleet::InstanceSpec spec_;
  bool kept_ = false;
};

// Processes whose command line contains text.
std::vector<pid_t> processes_with(const std::string& text);

}  // namespace deskloom::test
