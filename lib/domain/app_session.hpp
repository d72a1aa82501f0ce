#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

// An application in use (SPEC G2), and the parts that it is made of (SPEC F1).
namespace deskloom::domain {

enum class AppState {
  starting,
  running,
  failed,  // its parts are gone, its desktop is there
  ending,
  ended,
};
std::string_view to_string(AppState state);
AppState parse_app_state(std::string_view text);  // throws Error(usage)

enum class PartHealth {
  unknown,  // not looked at yet
  healthy,
  dead,
};
std::string_view to_string(PartHealth health);
PartHealth parse_part_health(std::string_view text);  // throws Error(usage)

struct AppSession {
  std::int64_t id = 0;
  std::string user;
  std::string app;
  std::optional<std::string> persona;   // its id; nullopt: the default profile
  std::optional<std::string> document;  // the persona as it was when the session began
  std::string reason;                   // why this persona, or none
  std::string instance;                 // the user's, on which they work
  bool is_borrowed = false;             // the user had that instance before: it stays when this ends
  AppState state = AppState::starting;
  std::optional<std::string> error;  // why it failed
  base::Timestamp began_at;
  std::optional<base::Timestamp> ended_at{};
};

struct AppPart {
  std::int64_t session = 0;
  std::string component;
  std::string host;
  std::optional<std::string> instance;  // nullopt: none is made yet
  std::string address;                  // where others find it; "host": on its host's network; empty: nowhere
  PartHealth health = PartHealth::unknown;
  int restarts = 0;             // all in all
  int restarts_since_well = 0;  // since it was last healthy
};

}  // namespace deskloom::domain
