#include "predict/time_grid.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

using std::chrono::days;
using std::chrono::seconds;

}  // namespace

TimeGrid::TimeGrid(const base::TimeZone& zone, base::Timestamp from, base::Timestamp until) {
  begin_s_ = base::to_seconds(zone.utc(std::chrono::floor<days>(zone.local(from))));
  std::chrono::local_days today{};
  std::int32_t today_begin = 0;
  for (std::int64_t at = begin_s_; at < base::to_seconds(until); at += slot_s) {
    const auto local = zone.local(base::Timestamp(seconds(at)));
    const auto day = std::chrono::floor<days>(local);
    const auto slot = static_cast<std::int32_t>(hour_of_week_.size());
    if (slot == 0 || day != today) {
      today = day;
      today_begin = slot;
    }
    const auto weekday = static_cast<std::int64_t>(std::chrono::weekday(day).iso_encoding()) - 1;
    hour_of_week_.push_back(
        static_cast<std::int16_t>(weekday * slots_per_day + (local - day).count() / slot_s));
    day_begin_.push_back(today_begin);
  }
}

void TimeGrid::exclude(std::int64_t from_s, std::int64_t until_s) {
  excluded_.resize(hour_of_week_.size());
  const std::int64_t end = std::min(slot_of(until_s - 1) + 1, slots());
  for (std::int64_t slot = std::max<std::int64_t>(slot_of(from_s), 0); slot < end; ++slot)
    excluded_[static_cast<std::size_t>(slot)] = 1;
}

std::int64_t TimeGrid::slot_of(std::int64_t time_s) const {
  const std::int64_t offset = time_s - begin_s_;
  return offset >= 0 ? offset / slot_s : -((-offset + slot_s - 1) / slot_s);
}

}  // namespace deskloom::predict
