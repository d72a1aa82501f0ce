#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "forecast/places.hpp"
#include "operation/usage_source.hpp"

// Where groups of users are expected, as it may be shown to others (SPEC D3).
namespace deskloom::operation {

// At most one of them; none: everybody.
struct MapGroup {
  std::optional<std::string> pool, role, department;

  std::string text() const;  // such as "role 'clerk'"
};

struct MapCell {
  std::string place;  // a token
  std::int64_t users = 0;
};
struct MapHour {
  std::vector<MapCell> places;            // most users first
  std::optional<std::int64_t> elsewhere;  // nullopt: of fewer users than are shown
};

// The hours of maps, added up. A user counts for a place where they are expected with a probability of 0.05
// or more; a place of an hour for which fewer users than minimum count is not shown, but is part of
// elsewhere. Amounts are rounded to multiples of minimum, so that two maps of which one has a user more are
// mostly the same, and do not add up to a whole. A threshold and rounding are what
// statistical disclosure control does to tables of counts (Hundepool et al.: Statistical Disclosure Control,
// 2012, ch. 5).
std::vector<MapHour> publish(std::span<const forecast::PlaceMap> maps, std::int64_t minimum);

struct PublishedMap {
  std::int64_t users = 0;  // of whom places are foretold, rounded down likewise
  forecast::HourlyOf of;   // the hours
  std::vector<MapHour> hours;
};
// Of the group's users who agree to it now. Throws Error(usage) when these are fewer than policy's minimum,
// Error(not_found) for a pool that policy has not, and when nothing is foretold.
PublishedMap published_map(const UsageSource& source, const forecast::Store& store, const MapGroup& group);

}  // namespace deskloom::operation
