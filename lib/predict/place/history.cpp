#include "predict/place/history.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

// Counts the places of one hour, in the order in which they were first seen.
class Tally {
 public:
  void add(PlaceId place) {
    const auto found = std::ranges::find(counts_, place, &Count::place);
    if (found != counts_.end()) {
      ++found->fixes;
    } else {
      counts_.push_back({place, 1});
    }
  }
  bool empty() const { return counts_.empty(); }
  PlaceId most_often() const { return std::ranges::max_element(counts_, {}, &Count::fixes)->place; }
  void clear() { counts_.clear(); }

 private:
  struct Count {
    PlaceId place;
    int fixes;
  };
  std::vector<Count> counts_;
};

}  // namespace

std::vector<Sighting> hourly_places(const TimeGrid& grid, std::span<const Fix> fixes) {
  std::vector<Sighting> sightings;
  Tally tally;
  std::int64_t current = 0;
  const auto close = [&] {
    if (!tally.empty()) sightings.push_back({current, tally.most_often()});
    tally.clear();
  };
  for (const Fix& fix : fixes) {
    const std::int64_t slot = grid.slot_of(fix.time_s);
    if (slot < 0 || slot / hour_slots >= hours_of(grid)) continue;
    if (slot / hour_slots != current) close();
    current = slot / hour_slots;
    tally.add(fix.place);
  }
  close();
  return sightings;
}

std::vector<WallHour> wall_hours(const TimeGrid& grid) {
  std::vector<WallHour> hours;
  hours.reserve(static_cast<std::size_t>(hours_of(grid)));
  WallHour midnight = 0;
  std::int64_t day = 0;
  for (std::int64_t hour = 0; hour < hours_of(grid); ++hour) {
    const std::int64_t slot = hour * hour_slots;
    if (hour == 0) {
      midnight = grid.hour_of_week(slot) / slots_per_day * day_h;
    } else if (grid.day_begin(slot) != day) {
      midnight += day_h;
    }
    day = grid.day_begin(slot);
    hours.push_back(midnight + grid.hour_of_week(slot) % slots_per_day / static_cast<int>(hour_slots));
  }
  return hours;
}

}  // namespace deskloom::predict
