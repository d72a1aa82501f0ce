#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "predict/time_grid.hpp"

// Where users were, hour by hour. Many hours are not known.
namespace deskloom::predict {

using PlaceId = std::uint32_t;  // the caller's number of a place's name

// A user was seen at a place.
struct Fix {
  std::int64_t time_s = 0;
  PlaceId place = 0;
};

// Where a user was in an hour of a grid: hour n is its slots 4n to 4n + 3.
struct Sighting {
  std::int64_t hour = 0;
  PlaceId place = 0;
};

struct UserSightings {
  std::string user;
  std::size_t group = 0;            // such as a department; all the same when there are none
  std::vector<Sighting> sightings;  // ascending, at most one an hour
};

// The place that was seen most often in each hour; of several, the one seen first. fixes: ascending; those
// outside of the grid do not count.
std::vector<Sighting> hourly_places(const TimeGrid& grid, std::span<const Fix> fixes);

inline constexpr std::int64_t hour_slots = 3600 / slot_s;
inline std::int64_t hours_of(const TimeGrid& grid) { return grid.slots() / hour_slots; }

// An hour by the clock on the wall, counted from midnight of the Monday on or before a grid's first day: the
// hour of the week is what remains of it by 168. When summer time begins one is missing, and when it ends one
// comes twice.
using WallHour = std::int32_t;
inline constexpr WallHour day_h = 24, week_h = 7 * day_h;

// Of each hour of the grid.
std::vector<WallHour> wall_hours(const TimeGrid& grid);

}  // namespace deskloom::predict
