#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace deskloom::domain {

enum class UseLevel { low, medium, high };
std::string_view to_string(UseLevel level);
std::optional<UseLevel> find_use_level(std::string_view text);

// What an instance that serves the application is to have. 0: nothing is asked for.
struct AppResources {
  std::uint32_t cpus = 1;
  std::uint64_t memory_bytes = 0;
  std::uint32_t gpus = 0;
  std::uint64_t storage_bytes = 0;    // room
  std::uint64_t storage_bytes_s = 0;  // read and written
  std::uint64_t network_bytes_s = 0;
};

struct AppEnvironment {
  std::string image;                   // below image_dir
  std::vector<std::string> libraries;  // packages that the application needs beside itself
  std::string network = "pod";         // or "host"
};

// Where the application comes from.
struct AppSource {
  enum class Kind { container, package, image };
  Kind kind = Kind::image;
  std::string reference;  // of a container image, or a package's name; empty: it is in the image already
};

// How much it is used, by users' clock; medium where nothing is said.
struct AppUsage {
  std::array<UseLevel, 24> hourly{};  // from midnight
  std::array<UseLevel, 7> daily{};    // from Monday

  AppUsage() {
    hourly.fill(UseLevel::medium);
    daily.fill(UseLevel::medium);
  }
};

// When metric has stood above (or below) percent for so many minutes, scale changes by so much.
struct ScaleRule {
  std::string
      metric;  // "cpu", "memory", "gpu", "network", "storage" of what is allocated; "instances": in use
  bool is_above = true;
  int percent = 0;
  int minutes = 0;
  std::string scale;         // "instances", "cpus", "memory"
  int by = 0;                // instances, processors, MiB; never 0
  std::optional<int> limit;  // not beyond this, in the same unit
};

struct AppComponent {
  std::string name;
  AppSource source;
  std::optional<AppResources> resources;
};

// An application persona (SPEC G1): how one application is served to the users of some roles.
struct AppPersona {
  std::string id;
  std::string app;
  AppResources resources;
  AppEnvironment environment;
  AppSource source;
  AppUsage usage;
  std::map<std::string, double> role_affinity;  // role → 0 to 1: how well it suits that role's users
  std::vector<ScaleRule> scale_rules;
  std::vector<AppComponent> components;
};

}  // namespace deskloom::domain
