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

// How a component is known to work: command ends with 0, as root in its instance. Without a command, what
// answers is healthy.
struct AppHealth {
  std::vector<std::string> command;
  int interval_s = 10;  // between looks
  int timeout_s = 5;    // of one look
  int retries = 3;      // looks in a row that fail before it counts as dead
};

// What becomes of a component that died.
enum class FailureRule {
  restart,  // made anew on its host
  move,     // made anew on another host, where there is one
  end,      // the session ends
};
std::string_view to_string(FailureRule rule);
std::optional<FailureRule> find_failure_rule(std::string_view text);

// One part of an application that runs in an instance of its own (SPEC F1). Names are of components of the
// same persona.
struct AppComponent {
  std::string name;
  AppSource source;
  std::optional<AppResources> resources;  // unset: the persona's
  std::optional<std::string> image;       // below image_dir; unset: the persona's
  std::vector<std::string> command;       // what it runs; empty: what its image does
  std::map<std::string, std::string> env;
  std::vector<int> ports;               // where it serves, the main one first
  std::vector<std::string> depends_on;  // are healthy before it starts
  AppHealth health;
  FailureRule on_failure = FailureRule::restart;
  std::vector<std::string> anti_affinity;    // never on one host with these
  std::vector<std::string> co_located_with;  // always on one host with these
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

// Components in an order in which each comes after those it depends on, and else as they are listed.
struct StartOrder {
  std::vector<const AppComponent*> order;
  std::vector<std::string> cycle;  // names that depend on each other in a ring; then there is no order
};
StartOrder start_order(const std::vector<AppComponent>& components);

}  // namespace deskloom::domain
