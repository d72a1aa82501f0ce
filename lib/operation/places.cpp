#include "operation/places.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>

#include "base/parallel.hpp"
#include "history/names.hpp"
#include "operation/place_groups.hpp"
#include "predict/heads/places.hpp"

namespace deskloom::operation {
namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t learnt_from_s = 12 * predict::week_h * hour_s;
constexpr std::int64_t remembered_s = predict::UserMemory::span_h * hour_s;
// Weights are few, and the same for all: so many users are enough to learn them from.
constexpr std::size_t most_learnt_from = 1000;
constexpr unsigned most_threads = 8;
constexpr std::size_t most_places = 6;  // that are told of a user
constexpr float least_told = 0.01F;
constexpr predict::WallHour foretold_by_head_h = 72;  // as far ahead as it learns

// The hours that are asked of, and all that is needed besides a group's visits.
class Horizon {
 public:
  Horizon(const UsageSource& source, const forecast::HourlyOf& of)
      : span_{of.hour * hour_s - remembered_s, of.hour * hour_s},
        hours_(static_cast<std::size_t>(of.hours) + 1),  // the last quarters of an hour begin in one more
        grid_(grid_of(source, base::from_seconds(span_.from_s),
                      base::from_seconds(span_.until_s + (of.hours + 2) * hour_s))),
        wall_(predict::wall_hours(grid_)),
        holidays_(holidays_of(source, grid_)) {}

  const PlaceSpan& span() const { return span_; }

  // Packed, in the order of the group's users; empty for those of whom nothing is known.
  std::vector<std::string> foretell(const PlaceGroup& group, const predict::PlaceModel& model,
                                    const UserHeads& heads,
                                    const std::map<predict::PlaceId, std::string>& tokens) const {
    const auto users = sightings_of(grid_, span_, group);
    predict::PlaceWalk walk(grid_, users, holidays_);
    const std::int64_t known = hour_of(span_.until_s - 1);
    walk.each_target(1, known + 2, known + 2, {});  // remembers all up to the last hour that is known
    std::vector<std::string> maps(users.size());
    for (std::size_t user = 0; user < users.size(); ++user) {
      const auto map = map_of(predict::PlaceOutlook(walk.memory(), user, wall_[index(known)]), model,
                              heads.places(group.users[user]), tokens);
      if (!map.places.empty()) maps[user] = forecast::pack_places(map);
    }
    return maps;
  }

 private:
  static std::size_t index(std::int64_t hour) { return static_cast<std::size_t>(hour); }
  std::int64_t hour_of(std::int64_t time_s) const { return grid_.slot_of(time_s) / predict::hour_slots; }

  forecast::PlaceMap map_of(predict::PlaceOutlook outlook, const predict::PlaceModel& model,
                            const std::optional<predict::HeadOfUser>& head,
                            const std::map<predict::PlaceId, std::string>& tokens) const {
    const predict::WallHour now = wall_[index(hour_of(span_.until_s - 1))];
    std::vector<predict::PlaceForecast> hours;
    std::map<predict::PlaceId, float> most;
    for (std::size_t hour = 0; hour < hours_; ++hour) {
      // Hours of the grid are the users', and may be half past those of UTC.
      const std::int64_t middle_s = span_.until_s + static_cast<std::int64_t>(hour) * hour_s + hour_s / 2;
      const predict::WallHour target = std::max(wall_[index(hour_of(middle_s))], now + 1);
      hours.push_back(head && target - now <= foretold_by_head_h
                          ? predict::forecast_place(model, outlook, now, target, *head)
                          : predict::forecast_place(model, outlook, now, target));
      for (const auto& [place, share] : hours.back().places) most[place] = std::max(most[place], share);
    }
    return told(hours, likeliest(most, tokens), tokens);
  }

  // Those that are the likeliest in some hour.
  static std::vector<predict::PlaceId> likeliest(const std::map<predict::PlaceId, float>& most,
                                                 const std::map<predict::PlaceId, std::string>& tokens) {
    std::vector<std::pair<float, predict::PlaceId>> ranked;
    for (const auto& [place, share] : most)
      if (share >= least_told && tokens.contains(place)) ranked.emplace_back(-share, place);
    std::ranges::sort(ranked);
    ranked.resize(std::min(ranked.size(), most_places));
    std::vector<predict::PlaceId> places;
    for (const auto& [share, place] : ranked) places.push_back(place);
    return places;
  }

  static forecast::PlaceMap told(const std::vector<predict::PlaceForecast>& hours,
                                 const std::vector<predict::PlaceId>& places,
                                 const std::map<predict::PlaceId, std::string>& tokens) {
    forecast::PlaceMap map;
    for (const predict::PlaceId place : places) map.places.push_back(tokens.at(place));
    for (const predict::PlaceForecast& hour : hours) {
      std::vector<float>& shares = map.hours.emplace_back(places.size());
      for (const auto& [place, share] : hour.places) {
        const auto found = std::ranges::find(places, place);
        if (found != places.end()) shares[static_cast<std::size_t>(found - places.begin())] = share;
      }
    }
    return map;
  }

  PlaceSpan span_;
  std::size_t hours_;
  predict::TimeGrid grid_;
  std::vector<predict::WallHour> wall_;
  std::vector<std::int32_t> holidays_;
};

std::map<predict::PlaceId, std::string> tokens_of(const UsageSource& source) {
  std::map<predict::PlaceId, std::string> tokens;
  for (auto& [number, name] : history::names_by_number(source.history.db(), history::NameKind::place))
    if (forecast::is_place_token(name)) tokens.emplace(static_cast<predict::PlaceId>(number), name);
  return tokens;
}

}  // namespace

void learn_places(const UsageSource& source, base::Timestamp until, predict::ModelFile& file) {
  const PlaceSpan span{base::to_seconds(until) - learnt_from_s, base::to_seconds(until)};
  const auto groups = place_groups(source, span, most_learnt_from);
  if (groups.empty()) return;
  const auto grid = grid_of(source, base::from_seconds(span.from_s), until + std::chrono::hours(1));
  std::vector<predict::UserSightings> users;
  for (const PlaceGroup& group : groups) {
    for (predict::UserSightings& user : sightings_of(grid, span, group)) {
      user.group = group.department;
      users.push_back(std::move(user));
    }
  }
  predict::put_place_model(
      file, predict::learn_places(grid, users, holidays_of(source, grid), predict::hours_of(grid)));
}

void foretell_places(const UsageSource& source, forecast::Store& store, const predict::ModelFile& file,
                     const UserHeads& heads, const forecast::HourlyOf& of) {
  if (forecast::newest_places(store) == of) return forecast::keep_places_of(store, source.consents.location);
  const auto model = predict::place_model_in(file).value_or(predict::usual_place_model());
  const Horizon horizon(source, of);
  auto groups = place_groups(source, horizon.span(), std::numeric_limits<std::size_t>::max());
  const auto tokens = tokens_of(source);
  std::vector<std::vector<std::string>> maps(groups.size());
  std::atomic<std::size_t> next = 0;
  base::run_parallel(std::min(base::usable_cpus(), most_threads), [&](unsigned) {
    for (std::size_t group = next++; group < groups.size(); group = next++) {
      maps[group] = horizon.foretell(groups[group], model, heads, tokens);
      groups[group].seen = {};
    }
  });
  forecast::PlaceWriter writer(store);
  for (std::size_t group = 0; group < groups.size(); ++group)
    for (std::size_t user = 0; user < maps[group].size(); ++user)
      if (!maps[group][user].empty()) writer.add(groups[group].users[user], maps[group][user]);
  writer.finish(of);
}

}  // namespace deskloom::operation
