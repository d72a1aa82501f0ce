#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "history/store.hpp"

namespace deskloom::history {

// What a user's desktop used in an hour: means, as domain::Metric numbers them; NaN: not measured.
struct HourOfUse {
  std::int64_t user = 0;  // a number of names_by_number()
  std::int64_t at = 0;    // where it begins, in seconds since 1970
  std::array<double, domain::metric_count> means{};
};

// Those that were rolled up, of [from, until), in the order of time.
void each_hour_of_use(const Store& store, std::int64_t from, std::int64_t until,
                      const std::function<void(const HourOfUse& hour)>& visit);

}  // namespace deskloom::history
