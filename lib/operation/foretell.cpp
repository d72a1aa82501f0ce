#include "operation/foretell.hpp"

#include <algorithm>
#include <numeric>

#include "base/parallel.hpp"
#include "operation/applications.hpp"
#include "operation/feedback.hpp"
#include "operation/habits.hpp"
#include "operation/mode_forecast.hpp"
#include "operation/near_future.hpp"
#include "operation/places.hpp"
#include "operation/pool_demand.hpp"
#include "operation/resources.hpp"
#include "operation/session_lengths.hpp"
#include "operation/user_heads.hpp"
#include "operation/users_demand.hpp"
#include "predict/ahead/file.hpp"
#include "predict/length/file.hpp"

namespace deskloom::operation {
namespace {

using std::chrono::days;

constexpr days look_back{36};
constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t slots_per_hour = 4;
constexpr unsigned most_threads = 8;
// Of faded connects: about half a year after the last, a user counts as gone.
constexpr float least_connects = 0.1F;

class Foretelling {
 public:
  Foretelling(const UsageSource& source, const KnownUsers& known, const predict::ConnectOptions& options,
              const predict::LengthModel& lengths, base::Timestamp now)
      : known_(known),
        groups_(departments_of(source, known)),
        options_(options),
        of_all_(predict::rates_of_all(known.all)),
        grid_(grid_of(source, now - look_back,
                      now + std::chrono::hours(source.policy.forecast.horizon_hours) +
                          std::chrono::seconds(options.lead_s + 2 * predict::slot_s))),
        // The first slot that is not decided yet.
        origin_(grid_.slot_of(base::to_seconds(now) + options.lead_s - 1) + 1),
        last_(std::min(origin_ + source.policy.forecast.horizon_hours * slots_per_hour, grid_.slots())),
        today_(grid_.day_begin(origin_)),
        turnout_(grid_),
        crowd_(today_, origin_, groups_.empty() ? 0 : std::ranges::max(groups_) + 1),
        calendars_(grid_,
                   calendars_of(source, names(), base::from_seconds(grid_.time_s(origin_)),
                                base::from_seconds(grid_.time_s(last_))),
                   origin_),
        lengths_(source, lengths, grid_, known.users, now) {}

  // nullptr: none
  std::vector<forecast::UserForecast> run(const predict::AheadModel* model, NearFuture* near_future,
                                          ForecastFeedback& feedback) {
    count_turnout();
    const predict::Outlook outlook(grid_, origin_, last_, turnout_, of_all_, calendars_, model);
    std::optional<predict::Endings> endings;
    std::optional<predict::NearOutlook> near;
    if (near_future != nullptr) {
      near.emplace(near_future->network(), grid_, origin_, turnout_, of_all_, calendars_, crowd_,
                   endings.emplace(grid_, origin_, origin_ + 1, options_.lead_s, grouped_sessions()),
                   options_.lead_s);
    }
    std::vector<forecast::UserForecast> forecasts(known_.users.size());
    each_user([&](unsigned, std::size_t number) {
      const auto counts = forecast::unpack(known_.users[number].counts);
      const auto& sessions = known_.users[number].sessions;
      if (std::reduce(counts.connects.begin(), counts.connects.end()) < least_connects &&
          (sessions.empty() || sessions.back().end_s < grid_.time_s(0)))
        return;
      const predict::UserWeek week(grid_, sessions, origin_, origin_ + 1, options_.lead_s,
                                   last_ - origin_ - 1);
      const auto rates = predict::rates_of(counts, of_all_, options_.prior_slots);
      const predict::UserView view{week, rates, number};
      auto ahead = outlook.of(view);
      if (near) {
        const auto& state = near_future->state(number, grid_, origin_, options_.lead_s);
        const auto who = near_future->who(number);
        const auto hour = near->of({view, past_of(known_.users[number]), groups_[number], who, state});
        std::copy_n(hour.begin(), std::min(hour.size(), ahead.connects.size()), ahead.connects.begin());
      }
      feedback.take(number, grid_, rates, ahead);
      forecasts[number] = {std::move(ahead.connects), std::move(ahead.present)};
      lengths_.foretell(number, origin_s(), near ? near_future->length(number) : std::nullopt,
                        forecasts[number]);
    });
    return forecasts;
  }

  std::int64_t origin_s() const { return grid_.time_s(origin_); }
  std::int64_t slots() const { return last_ - origin_; }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const KnownUser& user : known_.users) names.push_back(user.user);
    return names;
  }

  void each_user(const std::function<void(unsigned thread, std::size_t number)>& work) const {
    const unsigned threads = std::min(base::usable_cpus(), most_threads);
    base::run_parallel(threads, [&](unsigned thread) {
      for (std::size_t number = thread; number < known_.users.size(); number += threads) work(thread, number);
    });
  }

  static std::vector<std::size_t> departments_of(const UsageSource& source, const KnownUsers& known) {
    std::vector<predict::Person> people;
    for (const KnownUser& user : known.users) people.push_back(source.person(user.user));
    return predict::numbered(people, &predict::Person::department);
  }

  std::vector<predict::GroupedSessions> grouped_sessions() const {
    std::vector<predict::GroupedSessions> all;
    for (std::size_t user = 0; user < groups_.size(); ++user)
      all.push_back({known_.users[user].sessions, groups_[user]});
    return all;
  }

  // How many came today, up to the origin, and how many were to be expected, of each department.
  void count_turnout() {
    const auto slots = static_cast<std::size_t>(origin_ - today_);
    const std::size_t groups = groups_.empty() ? 0 : std::ranges::max(groups_) + 1;
    std::vector<std::vector<double>> connects(most_threads, std::vector<double>(groups * slots)),
        expected = connects;
    each_user([&](unsigned thread, std::size_t number) {
      const predict::UserWeek week(grid_, known_.users[number].sessions, today_, origin_, options_.lead_s);
      const auto rates =
          predict::rates_of(forecast::unpack(known_.users[number].counts), of_all_, options_.prior_slots);
      for (std::int64_t slot = today_; slot < origin_; ++slot) {
        const auto at = groups_[number] * slots + static_cast<std::size_t>(slot - today_);
        connects[thread][at] += week.connects(slot, slot + 1);
        if (week.is_away(slot))
          expected[thread][at] += rates.connects[static_cast<std::size_t>(grid_.hour_of_week(slot))];
      }
    });
    const auto sum = [](const std::vector<std::vector<double>>& parts, std::size_t at) {
      return std::accumulate(parts.begin(), parts.end(), 0.0,
                             [at](double all, const std::vector<double>& part) { return all + part[at]; });
    };
    for (std::size_t at = 0; at < slots; ++at) {
      const std::int64_t slot = today_ + static_cast<std::int64_t>(at);
      double came = 0, usual = 0;
      for (std::size_t group = 0; group < groups; ++group) {
        const double of_group = sum(connects, group * slots + at), habit = sum(expected, group * slots + at);
        crowd_.add(group, slot, of_group, habit);
        came += of_group;
        usual += habit;
      }
      turnout_.add(slot, came, usual);
    }
  }

  const KnownUsers& known_;
  std::vector<std::size_t> groups_;  // which department each user is of
  const predict::ConnectOptions& options_;
  predict::HabitRates of_all_;
  predict::TimeGrid grid_;
  std::int64_t origin_, last_, today_;
  predict::Turnout turnout_;
  predict::Crowd crowd_;
  predict::KnownFuture calendars_;
  SessionLengths lengths_;
};

}  // namespace

ForetellReport foretell(const UsageSource& source, forecast::Store& store, base::Timestamp now) {
  const auto in_force = forecast::model_in_force(store);
  const auto file =
      in_force ? predict::read_model(in_force->file(store)) : predict::ModelFile(predict::ahead_schema);
  std::optional<predict::AheadModel> model;
  if (in_force) model = predict::ahead_model_in(file);
  const predict::ConnectOptions options;
  const auto network = predict::network_in(file);
  KnownUsers known =
      known_users(source, store, options, now, network ? PastKept::for_network : PastKept::weeks);
  score_passed(source, store, known, options.lead_s, now);
  const auto lengths = predict::length_model_in(file).value_or(predict::usual_length_model());
  Foretelling foretelling(source, known, options, lengths, now);
  ForetellReport report;
  report.of = {now, foretelling.origin_s(), foretelling.slots(), {}};
  if (in_force) report.of.model = in_force->name;
  std::optional<NearFuture> near;
  if (network) {
    near.emplace(store, source, in_force->name, *network, known.users);
  }
  ForecastFeedback feedback(source, store, known, report.of);
  auto forecasts = foretelling.run(model ? &*model : nullptr, near ? &*near : nullptr, feedback);

  std::vector<double> present(static_cast<std::size_t>(report.of.slots));
  UsersDemand users_demand(source.policy, base::to_seconds(now) / hour_s,
                           static_cast<std::size_t>(source.policy.forecast.horizon_hours));
  std::vector<NextSession> next;
  forecast::ForecastWriter writer(store);
  for (std::size_t user = 0; user < forecasts.size(); ++user) {
    if (forecasts[user].connects.empty()) {
      ++report.inactive_users;
      continue;
    }
    ++report.users;
    for (std::size_t slot = 0; slot < present.size(); ++slot) {
      report.arrivals += forecasts[user].connects[slot];
      present[slot] += forecasts[user].present[slot];
    }
    writer.add(known.users[user].user, forecasts[user]);
    users_demand.add(known.users[user].user, report.of.origin_s, forecasts[user].connects,
                     forecasts[user].present);
    next.push_back(next_session(known.users[user].user, forecasts[user], report.of.origin_s));
  }
  UserHeads heads;
  if (near) {
    near->keep(store);
    heads = UserHeads(source, near->network(), near->heads(), near->take_states());
  }
  const auto pools = foretell_pools(source, known.pools, users_demand, file);
  forecast::put_pool_forecasts(store, pools);
  feedback.keep(store, pools);
  writer.finish(report.of);
  // What follows needs the memory. Within an hour, little new is known of it.
  known = {};
  forecasts = {};
  const forecast::HourlyOf of{base::to_seconds(now) / hour_s, source.policy.forecast.horizon_hours,
                              report.of.model};
  if (forecast::newest_resources(store) != of || have_modes_changed(source, of.hour, now))
    foretell_resources(source, store, resource_models_in(file), heads, of, now);
  foretell_places(source, store, file, heads, of);
  foretell_applications(source, store, file, heads, of, now, next);
  if (!present.empty()) report.peak_users = *std::ranges::max_element(present);
  return report;
}

}  // namespace deskloom::operation
