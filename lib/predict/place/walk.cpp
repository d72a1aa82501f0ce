#include "predict/place/walk.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

std::vector<std::size_t> groups_of(const std::vector<UserSightings>& users) {
  std::vector<std::size_t> groups;
  groups.reserve(users.size());
  for (const UserSightings& user : users) groups.push_back(user.group);
  return groups;
}

}  // namespace

PlaceWalk::PlaceWalk(const TimeGrid& grid, const std::vector<UserSightings>& users,
                     const std::vector<std::int32_t>& holidays)
    : wall_(wall_hours(grid)), memory_(groups_of(users), holidays), by_hour_(wall_.size()) {
  for (std::size_t user = 0; user < users.size(); ++user) {
    for (const Sighting& sighting : users[user].sightings) {
      by_hour_[static_cast<std::size_t>(sighting.hour)].push_back(
          {static_cast<std::uint32_t>(user), sighting.place});
    }
  }
}

void PlaceWalk::remember(std::int64_t hour, const Visit& seen) {
  const auto at = static_cast<std::size_t>(hour);
  for (const auto& [user, place] : by_hour_[at]) {
    memory_.see(user, wall_[at], place);
    if (seen) seen({user, hour, wall_[at], wall_[at], place});
  }
}

void PlaceWalk::each_target(std::int64_t horizon, std::int64_t from, std::int64_t until, const Visit& visit,
                            const Visit& seen) {
  for (std::int64_t now = 0; now + horizon < until; ++now) {
    remember(now, seen);
    const std::int64_t hour = now + horizon;
    if (hour < from) continue;
    const auto at = static_cast<std::size_t>(hour);
    // An hour that comes twice when summer time ends: its second one is foretold as the one after it.
    const WallHour known = wall_[static_cast<std::size_t>(now)];
    for (const auto& [user, place] : by_hour_[at])
      visit({user, hour, known, std::max(wall_[at], known + 1), place});
  }
}

}  // namespace deskloom::predict
