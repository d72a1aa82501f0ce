#include "operation/place_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.hpp"
#include "operation/pool_choice.hpp"

namespace deskloom::operation {
namespace {

constexpr double least_share = 0.05;

struct Sum {
  double users = 0;  // expected
  std::int64_t contributors = 0;

  void add(double share) {
    if (share < least_share) return;
    users += share;
    ++contributors;
  }
};

std::int64_t rounded(double users, std::int64_t to) {
  return std::llround(users / static_cast<double>(to)) * to;
}

MapHour hour_of(std::span<const forecast::PlaceMap> maps, std::size_t hour, std::int64_t minimum) {
  std::map<std::string, Sum> sums;
  for (const forecast::PlaceMap& map : maps)
    for (std::size_t place = 0; place < map.places.size(); ++place)
      sums[map.places[place]].add(static_cast<double>(map.hours[hour][place]));
  MapHour shown;
  for (const auto& [place, sum] : sums)
    if (sum.contributors >= minimum && rounded(sum.users, minimum) > 0)
      shown.places.push_back({place, rounded(sum.users, minimum)});
  Sum elsewhere;
  for (const forecast::PlaceMap& map : maps) {
    double left = 1;
    for (std::size_t place = 0; place < map.places.size(); ++place) {
      const auto share = static_cast<double>(map.hours[hour][place]);
      const bool is_shown =
          std::ranges::find(shown.places, map.places[place], &MapCell::place) != shown.places.end();
      if (is_shown && share >= least_share) left -= share;
    }
    elsewhere.add(left);
  }
  if (elsewhere.contributors >= minimum) shown.elsewhere = rounded(elsewhere.users, minimum);
  std::ranges::stable_sort(shown.places, std::ranges::greater{}, &MapCell::users);
  return shown;
}

bool is_of(const UsageSource& source, const std::string& user, const MapGroup& group) {
  if (group.role) return source.person(user).role == *group.role;
  if (group.department) return source.person(user).department == *group.department;
  if (!group.pool) return true;
  const policy::Pool* serving = pool_serving(source.policy, user);
  return serving != nullptr && serving->name == *group.pool;
}

void check_pool(const policy::Policy& policy, const MapGroup& group) {
  if (!group.pool || policy.pools.contains(*group.pool)) return;
  throw base::Error(base::ErrorKind::not_found, "there is no pool '" + *group.pool + "'",
                    "'deskloom pool status' lists pools");
}

}  // namespace

std::string MapGroup::text() const {
  if (pool) return "pool '" + *pool + "'";
  if (role) return "role '" + *role + "'";
  if (department) return "department '" + *department + "'";
  return "everybody";
}

std::vector<MapHour> publish(std::span<const forecast::PlaceMap> maps, std::int64_t minimum) {
  std::size_t hours = maps.empty() ? 0 : maps.front().hours.size();
  for (const forecast::PlaceMap& map : maps) hours = std::min(hours, map.hours.size());
  std::vector<MapHour> shown;
  for (std::size_t hour = 0; hour < hours; ++hour) shown.push_back(hour_of(maps, hour, minimum));
  return shown;
}

PublishedMap published_map(const UsageSource& source, const forecast::Store& store, const MapGroup& group) {
  check_pool(source.policy, group);
  const auto of = forecast::newest_places(store);
  if (!of) {
    throw base::Error(base::ErrorKind::not_found, "no places are foretold yet",
                      "'deskloom predict forecast' foretells those of users who agreed");
  }
  std::vector<forecast::PlaceMap> maps;
  for (const std::string& user : source.consents.location) {
    if (!is_of(source, user, group)) continue;
    if (auto map = forecast::places_of(store, user)) maps.push_back(std::move(*map));
  }
  const std::int64_t minimum = source.policy.forecast.minimum_group;
  const auto count = static_cast<std::int64_t>(maps.size());
  if (count < minimum) {
    throw base::Error(
        base::ErrorKind::usage,
        fmt::format("of {}, places are foretold of {} users who agreed to it: too few for a map, which would "
                    "show where single people are",
                    group.text(), count),
        fmt::format("{} are needed: minimum_group of [forecast] in policy", minimum));
  }
  return {count / minimum * minimum, *of, publish(maps, minimum)};
}

}  // namespace deskloom::operation
