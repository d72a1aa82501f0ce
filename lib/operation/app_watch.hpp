#pragma once

#include <string>
#include <vector>

#include "operation/world.hpp"

namespace deskloom::operation {

struct AppEvent {
  std::string user;
  std::string app;
  std::string component;  // empty: of the application as a whole
  std::string what;       // "restarted", "moved", "ended", "resumed", "failed"
  std::string detail;     // why
};

// Looks at the components of all applications in use, and does with one that died as its rule says (SPEC
// F1): a component is dead when it is not running, or all looks of its health check fail; one that dies five
// times without having been found well in between ends its session. Sessions whose desktop is gone, or was
// left for longer than the grace time of its pool, are ended, as are components of those that failed, and
// what was cut off is resumed. Users whom another command is serving are left alone.
std::vector<AppEvent> watch_apps(const World& world);

// What watch_apps would look at, without doing it: the components that are dead, as "failed".
std::vector<AppEvent> look_at_apps(const World& world);

}  // namespace deskloom::operation
