#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/store.hpp"

namespace deskloom::history {

// One thing that was recorded, as people read it.
struct Event {
  base::Timestamp at;
  std::string user;
  std::string type;                   // "connect", "disconnect", "launch", "files", "location", "sample"
  std::string object;                 // the application, file type, or token of a place; empty for others
  std::optional<std::int64_t> value;  // seconds of dwell, count of files
};

// The newest, newest first; only one user's when named. Throws Error(not_found) for a user of whom nothing is
// known.
std::vector<Event> newest_events(const Store& store, const std::optional<std::string>& user, int limit);

}  // namespace deskloom::history
