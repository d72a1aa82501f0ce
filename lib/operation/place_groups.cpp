#include "operation/place_groups.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "history/names.hpp"
#include "history/visits.hpp"
#include "predict/spread.hpp"

namespace deskloom::operation {
namespace {

// As many as tell what is usual; their memory stays within a processor's cache.
constexpr std::size_t most_of_group = 1000;

class Grouping {
 public:
  explicit Grouping(const UsageSource& source)
      : source_(source), names_(history::names_by_number(source.history.db(), history::NameKind::user)) {}

  double agreeing() const { return static_cast<double>(source_.consents.location.size()); }
  // nullptr: has not agreed.
  std::pair<PlaceGroup*, std::uint32_t> find(std::int64_t number, double share) {
    const auto [found, is_new] = users_.try_emplace(number);
    if (is_new && predict::spread(static_cast<std::uint64_t>(number)) < share) enter(number, found->second);
    const auto& [group, user] = found->second;
    return {group == none ? nullptr : &groups_[group], user};
  }
  std::vector<PlaceGroup> take() { return std::move(groups_); }

 private:
  static constexpr std::size_t none = SIZE_MAX;
  struct Member {
    std::size_t group = none;
    std::uint32_t user = 0;
  };

  void enter(std::int64_t number, Member& member) {
    const std::string& name = names_.at(number);
    if (!source_.consents.location.contains(name)) return;
    const std::size_t department =
        numbers_.emplace(source_.person(name).department, numbers_.size()).first->second;
    const auto [open, is_first] = open_.emplace(department, groups_.size());
    if (!is_first && groups_[open->second].users.size() >= most_of_group) open->second = groups_.size();
    if (open->second == groups_.size()) groups_.push_back({department, {}, {}});
    PlaceGroup& group = groups_[open->second];
    member = {open->second, static_cast<std::uint32_t>(group.users.size())};
    group.users.push_back(name);
  }

  const UsageSource& source_;
  std::unordered_map<std::int64_t, std::string> names_;
  std::unordered_map<std::int64_t, Member> users_;
  std::map<std::string, std::size_t> numbers_;
  std::map<std::size_t, std::size_t> open_;  // the group of each department that is not full
  std::vector<PlaceGroup> groups_;
};

}  // namespace

std::vector<PlaceGroup> place_groups(const UsageSource& source, const PlaceSpan& span, std::size_t most) {
  Grouping grouping(source);
  if (grouping.agreeing() == 0) return {};
  const double share = static_cast<double>(most) / grouping.agreeing();
  history::each_visit(source.history, span.from_s, span.until_s, [&](const history::VisitOf& visit) {
    const auto [group, user] = grouping.find(visit.user, share);
    if (group == nullptr) return;
    group->seen.push_back({static_cast<std::uint32_t>(visit.at - span.from_s), user,
                           static_cast<predict::PlaceId>(visit.place)});
  });
  return grouping.take();
}

std::vector<predict::UserSightings> sightings_of(const predict::TimeGrid& grid, const PlaceSpan& span,
                                                 const PlaceGroup& group) {
  std::vector<std::vector<predict::Fix>> fixes(group.users.size());
  for (const PlaceGroup::Seen& seen : group.seen) {
    const std::int64_t time_s = span.from_s + seen.after_s;
    if (!grid.is_excluded(grid.slot_of(time_s))) fixes[seen.user].push_back({time_s, seen.place});
  }
  std::vector<predict::UserSightings> users;
  users.reserve(fixes.size());
  for (std::size_t user = 0; user < fixes.size(); ++user)
    users.push_back({group.users[user], 0, predict::hourly_places(grid, fixes[user])});
  return users;
}

std::vector<std::int32_t> holidays_of(const UsageSource& source, const predict::TimeGrid& grid) {
  const auto from = base::from_seconds(grid.begin_s()), until = base::from_seconds(grid.time_s(grid.slots()));
  const predict::KnownFuture known(grid, {calendars_of(source, {}, from, until).everybody, {}});
  const auto wall = predict::wall_hours(grid);
  std::vector<std::int32_t> days;
  for (std::size_t hour = 0; hour < wall.size(); ++hour) {
    const std::int32_t day = wall[hour] / predict::day_h;
    const bool is_holiday = known.is_holiday(static_cast<std::int64_t>(hour) * predict::hour_slots);
    if (is_holiday && (days.empty() || days.back() != day)) days.push_back(day);
  }
  return days;
}

}  // namespace deskloom::operation
