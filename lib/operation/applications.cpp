#include "operation/applications.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_map>

#include "history/launches.hpp"
#include "history/names.hpp"
#include "operation/mode_forecast.hpp"
#include "predict/application/walk.hpp"
#include "predict/heads/applications.hpp"
#include "predict/spread.hpp"

namespace deskloom::operation {
namespace {

constexpr std::int64_t hour_s = 3600, day_s = 24 * hour_s;
// What is learnt from is what is counted from.
constexpr std::int64_t look_back_s = 12 * 7 * day_s;
constexpr std::int64_t counted_anew_s = 7 * day_s;
// Weights are few, and the same for all: so many users are enough to learn them from.
constexpr std::size_t most_users = 1000;
constexpr std::int64_t most_dwell_s = 30 * day_s;
constexpr float least_told = 0.05F;
constexpr std::size_t most_told = 8;
constexpr float as_good_as_sure = 0.99F;

// The hour of the users' clock, looked up once for the launches that share one.
class Clock {
 public:
  explicit Clock(const base::TimeZone& zone) : zone_(zone) {}
  int hour(std::int64_t time_s) {
    constexpr std::int64_t quarter_s = 900;  // what zones are apart by, at least
    if (time_s / quarter_s != quarter_) {
      quarter_ = time_s / quarter_s;
      hour_ = predict::local_hour(zone_, time_s);
    }
    return hour_;
  }

 private:
  const base::TimeZone& zone_;
  std::int64_t quarter_ = -1;
  int hour_ = 0;
};

predict::ApplicationLaunch launch_of(const history::LaunchOf& launch, predict::ApplicationId application) {
  return {launch.at, application, std::clamp<std::int64_t>(launch.dwell_s, 0, most_dwell_s)};
}

// What all users have used, as far as it was read.
class Counting {
 public:
  Counting(const UsageSource& source, const forecast::Store& store)
      : source_(source), clock_(source.zone), applications_(store) {
    for (const auto& [number, name] :
         history::names_by_number(source.history.db(), history::NameKind::application))
      names_.emplace(number, name);
    people_ = history::names_by_number(source.history.db(), history::NameKind::user);
  }

  void take(std::string user, predict::UserUse use) {
    numbers_.emplace(user, users_.size());
    users_.emplace_back(std::move(user), std::move(use));
  }

  void read(std::int64_t from_s, std::int64_t until_s) {
    if (from_s >= until_s) return;
    const auto grid = grid_of(source_, base::from_seconds(from_s), base::from_seconds(until_s));
    history::each_launch(source_.history, from_s, until_s, [&](const history::LaunchOf& launch) {
      if (grid.is_excluded(grid.slot_of(launch.at))) return;
      use_of(launch.user).see(launch_of(launch, application(launch.application)), clock_.hour(launch.at));
    });
  }

  std::vector<std::pair<std::string, std::string>> packed() const {
    std::vector<std::pair<std::string, std::string>> packed;
    packed.reserve(users_.size());
    for (const auto& [user, use] : users_) packed.emplace_back(user, forecast::pack_use(use));
    return packed;
  }

  // nullptr: has started nothing.
  const predict::UserUse* find(const std::string& user) const {
    const auto found = numbers_.find(user);
    return found == numbers_.end() ? nullptr : &users_[found->second].second;
  }
  void fade_to(std::int64_t time_s) {
    for (auto& [user, use] : users_) use.fade_to(time_s);
  }
  std::map<std::string, predict::RoleUse> by_role() const {
    std::map<std::string, predict::RoleUse> uses;
    for (const auto& [user, use] : users_) uses[source_.person(user).role].add(use);
    return uses;
  }
  const forecast::ApplicationNames& applications() const { return applications_; }
  predict::ApplicationId number_of(const std::string& application) {
    return applications_.number(application);
  }

 private:
  predict::UserUse& use_of(std::int64_t person) {
    auto found = known_.find(person);
    if (found == known_.end()) {
      const std::string& name = people_.at(person);
      const auto [number, is_new] = numbers_.emplace(name, users_.size());
      if (is_new) users_.emplace_back(name, predict::UserUse{});
      found = known_.emplace(person, number->second).first;
    }
    return users_[found->second].second;
  }
  predict::ApplicationId application(std::int64_t number) {
    const auto found = ids_.find(number);
    if (found != ids_.end()) return found->second;
    return ids_.emplace(number, applications_.number(names_.at(number))).first->second;
  }

  const UsageSource& source_;
  Clock clock_;
  forecast::ApplicationNames applications_;
  // Of the record.
  std::unordered_map<std::int64_t, std::string> names_, people_;
  std::unordered_map<std::int64_t, predict::ApplicationId> ids_;
  std::unordered_map<std::int64_t, std::size_t> known_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<std::pair<std::string, predict::UserUse>> users_;
};

// Whether what was counted before can be gone on with.
bool goes_on(const forecast::ApplicationsCounted& before, const forecast::ApplicationsCounted& now) {
  const bool is_older_known = now.first_s && (!before.first_s || *now.first_s < *before.first_s);
  return before.until_s <= now.until_s && now.until_s - before.begun_s < counted_anew_s &&
         before.late == now.late && !is_older_known;
}

forecast::ApplicationShares likely(std::vector<std::pair<predict::ApplicationId, float>> uses) {
  std::erase_if(uses, [](const auto& use) { return use.second < least_told; });
  uses.resize(std::min(uses.size(), most_told));
  return uses;
}

// A mode says what will be used, whatever was used before (SPEC A9).
void put_mode_first(const UsageSource& source, const NextSession& session, Counting& counting,
                    base::Timestamp now, forecast::ApplicationShares& shares) {
  for (const domain::Mode& mode : source.modes) {
    const bool holds = mode.holds_at(now) && mode.holds_at(base::from_seconds(session.begin_s));
    if (mode.user != session.user || !holds) continue;
    const auto described = source.policy.modes.find(mode.name);
    if (described == source.policy.modes.end()) continue;
    forecast::ApplicationShares first;
    for (const std::string& name : described->second.applications)
      first.emplace_back(counting.number_of(name), as_good_as_sure);
    std::erase_if(shares, [&](const auto& share) {
      return std::ranges::find(first, share.first, [](const auto& of) { return of.first; }) != first.end();
    });
    shares.insert(shares.begin(), first.begin(), first.end());
    shares.resize(std::min(shares.size(), most_told));
    std::ranges::stable_sort(shares, std::greater(), [](const auto& share) { return share.second; });
  }
}

std::vector<std::pair<std::string, forecast::ApplicationShares>> foretold(
    const UsageSource& source, Counting& counting, const predict::ApplicationModel& model,
    const UserHeads& heads, const std::vector<NextSession>& sessions, base::Timestamp now) {
  auto uses = counting.by_role();
  const predict::UserUse nothing;
  std::vector<std::pair<std::string, forecast::ApplicationShares>> forecasts;
  for (const NextSession& session : sessions) {
    const predict::UserUse* known = counting.find(session.user);
    const predict::UserUse& use = known == nullptr ? nothing : *known;
    const predict::RoleUse& role = uses[source.person(session.user).role];
    const int hour = predict::local_hour(source.zone, session.begin_s);
    const auto head = heads.use(session.user);
    auto shares = likely(head ? predict::forecast_uses(model, use, role, hour, *head)
                              : predict::forecast_uses(model.in_session, use, role, hour));
    put_mode_first(source, session, counting, now, shares);
    if (!shares.empty()) forecasts.emplace_back(session.user, std::move(shares));
  }
  return forecasts;
}

}  // namespace

void learn_applications(const UsageSource& source, base::Timestamp until, predict::ModelFile& file) {
  const std::int64_t until_s = base::to_seconds(until);
  const auto known = history::names_by_number(source.history.db(), history::NameKind::user);
  const std::map<std::int64_t, std::string> names(known.begin(), known.end());
  const double share =
      static_cast<double>(most_users) / static_cast<double>(std::max<std::size_t>(names.size(), 1));
  std::unordered_map<std::int64_t, std::size_t> numbers;
  std::map<std::string, std::size_t> role_numbers;
  std::vector<predict::UserLaunches> users;
  for (const auto& [number, name] : names) {
    if (predict::spread(static_cast<std::uint64_t>(number)) >= share) continue;
    const std::string role = source.person(name).role;
    numbers.emplace(number, users.size());
    users.push_back({name, role_numbers.emplace(role, role_numbers.size()).first->second, {}});
  }
  const auto grid = grid_of(source, until - std::chrono::seconds(look_back_s), until);
  bool is_anything = false;
  history::each_launch(source.history, until_s - look_back_s, until_s, [&](const history::LaunchOf& launch) {
    const auto found = numbers.find(launch.user);
    if (found == numbers.end() || grid.is_excluded(grid.slot_of(launch.at))) return;
    is_anything = true;
    users[found->second].launches.push_back(
        launch_of(launch, static_cast<predict::ApplicationId>(launch.application)));
  });
  if (is_anything)
    predict::put_application_model(file, predict::learn_applications(source.zone, users, until_s));
}

NextSession next_session(const std::string& user, const forecast::UserForecast& forecast,
                         std::int64_t origin_s) {
  float away = 1, most = -1;
  std::size_t first = 0;
  for (std::size_t slot = 0; slot < forecast.connects.size(); ++slot) {
    const float begins = away * forecast.connects[slot];
    if (begins > most) most = begins, first = slot;
    away -= begins;
  }
  return {user, origin_s + static_cast<std::int64_t>(first) * predict::slot_s};
}

void foretell_applications(const UsageSource& source, forecast::Store& store, const predict::ModelFile& file,
                           const UserHeads& heads, const forecast::HourlyOf& of, base::Timestamp now,
                           const std::vector<NextSession>& sessions) {
  if (forecast::newest_applications(store) == of && !have_modes_changed(source, of.hour, now)) return;
  const std::int64_t now_s = of.hour * hour_s;
  // What is recorded by then is taken for all that there is of a day.
  const std::int64_t until_s = now_s / day_s * day_s - day_s;
  const auto before = forecast::applications_counted(store);
  forecast::ApplicationsCounted counted{until_s, until_s, history::first_launch(source.history),
                                        source.history.late_import_after(0).number};
  Counting counting(source, store);
  std::int64_t from_s = until_s - look_back_s;
  if (before && goes_on(*before, counted)) {
    counted.begun_s = before->begun_s;
    from_s = before->until_s;
    forecast::each_application_count(store, [&](std::string user, predict::UserUse use) {
      counting.take(std::move(user), std::move(use));
    });
  }
  counting.read(from_s, until_s);
  const bool is_newer = before != counted;
  const auto packed = is_newer ? counting.packed() : std::vector<std::pair<std::string, std::string>>();
  counting.read(until_s, now_s);
  counting.fade_to(now_s);
  const auto model = predict::application_model_in(file).value_or(predict::usual_application_model());
  const auto forecasts = foretold(source, counting, model, heads, sessions, now);
  forecast::ApplicationWriter writer(store);
  if (is_newer) writer.put_counts(packed, counted);
  writer.put_forecasts(forecasts, of);
  writer.finish(counting.applications());
}

}  // namespace deskloom::operation
