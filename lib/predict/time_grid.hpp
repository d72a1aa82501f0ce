#pragma once

#include <cstdint>
#include <vector>

#include "base/time_zone.hpp"

namespace deskloom::predict {

inline constexpr std::int64_t slot_s = 900;
inline constexpr int slots_per_day = 96;
inline constexpr int slots_per_week = 672;
inline constexpr std::size_t hours_per_day = 24;
inline constexpr std::size_t hours_per_week = 168;

// Slots of a quarter of an hour, from a local midnight on. They are equally long, also over the clock change;
// what the clock on the wall says then is looked up for each.
class TimeGrid {
 public:
  // from: moved back to its local midnight. until: exclusive.
  TimeGrid(const base::TimeZone& zone, base::Timestamp from, base::Timestamp until);

  std::int64_t slots() const { return static_cast<std::int64_t>(hour_of_week_.size()); }
  std::int64_t begin_s() const { return begin_s_; }
  std::int64_t time_s(std::int64_t slot) const { return begin_s_ + slot * slot_s; }
  // Negative for times before the first one.
  std::int64_t slot_of(std::int64_t time_s) const;
  // Quarter hours since Monday's midnight, by the clock on the wall: 0 to 671.
  int hour_of_week(std::int64_t slot) const { return hour_of_week_[static_cast<std::size_t>(slot)]; }
  // Nothing is to be learnt from the slots that touch [from_s, until_s).
  void exclude(std::int64_t from_s, std::int64_t until_s);
  bool is_excluded(std::int64_t slot) const {
    return !excluded_.empty() && excluded_[static_cast<std::size_t>(slot)] != 0;
  }
  // The first slot of the local day.
  std::int64_t day_begin(std::int64_t slot) const { return day_begin_[static_cast<std::size_t>(slot)]; }

 private:
  std::int64_t begin_s_ = 0;
  std::vector<std::int16_t> hour_of_week_;
  std::vector<std::int32_t> day_begin_;
  std::vector<char> excluded_;  // empty: none
};

}  // namespace deskloom::predict
