#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "history/store.hpp"

namespace deskloom::history {

// A user has started an application.
struct LaunchOf {
  std::int64_t user = 0;  // a number of names_by_number()
  std::int64_t at = 0;    // in seconds since 1970
  std::int64_t application = 0;
  std::int64_t dwell_s = 0;  // how long it was in use; 0: not known
};

// Those of [from, until), in the order of time.
void each_launch(const Store& store, std::int64_t from, std::int64_t until,
                 const std::function<void(const LaunchOf& launch)>& visit);

// When the record of launches begins.
std::optional<std::int64_t> first_launch(const Store& store);

}  // namespace deskloom::history
