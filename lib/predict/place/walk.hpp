#pragma once

#include <functional>
#include <vector>

#include "predict/place/memory.hpp"

namespace deskloom::predict {

// A sighting that was to be foretold some hours before.
struct PlaceTarget {
  std::size_t user = 0;
  std::int64_t hour = 0;  // of the grid
  WallHour now = 0;       // the newest hour that was known
  WallHour target = 0;    // that of the sighting
  PlaceId place = 0;      // what came true
};

// Goes through the hours of a grid, and remembers each hour's sightings as it passes.
class PlaceWalk {
 public:
  PlaceWalk(const TimeGrid& grid, const std::vector<UserSightings>& users,
            const std::vector<std::int32_t>& holidays);

  using Visit = std::function<void(const PlaceTarget& target)>;
  // Visits each sighting in hours [from, until), with the memory as it was "horizon" hours before: its hour
  // is known, and none after it. seen: told of each sighting when it has been remembered.
  void each_target(std::int64_t horizon, std::int64_t from, std::int64_t until, const Visit& visit,
                   const Visit& seen = {});

  const PlaceMemory& memory() const { return memory_; }

 private:
  void remember(std::int64_t hour, const Visit& seen);

  std::vector<WallHour> wall_;
  PlaceMemory memory_;
  // By hour, of all users who were seen: user and place.
  std::vector<std::vector<std::pair<std::uint32_t, PlaceId>>> by_hour_;
};

}  // namespace deskloom::predict
