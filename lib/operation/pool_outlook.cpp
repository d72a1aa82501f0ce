#include "operation/pool_outlook.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "forecast/forecasts.hpp"
#include "forecast/pools.hpp"
#include "operation/pool_choice.hpp"
#include "operation/pool_hosts.hpp"
#include "operation/pool_times.hpp"
#include "operation/prices.hpp"
#include "operation/users_clock.hpp"
#include "plan/placement.hpp"

namespace deskloom::operation {
namespace {

constexpr double idle_per_min_without_prices = 0.02;
constexpr std::chrono::hours least_foretold{1};
// As long as nobody's sessions were foretold, and the least that is believed of them.
constexpr std::chrono::hours session_unless_foretold{2};
constexpr std::chrono::minutes least_session{15};
constexpr std::chrono::seconds forecast_slot{900};
constexpr std::int64_t hour_s = 3600;
constexpr auto make_forecast = "; 'deskloom predict forecast' makes one";

plan::HourArrivals hour_of(const predict::Quantiles& quantiles) {
  std::vector<plan::QuantilePoint> points;
  for (std::size_t i = 0; i < quantiles.size(); ++i)
    points.push_back({predict::quantile_levels[i], static_cast<double>(quantiles[i])});
  return plan::HourArrivals(points);
}

// At the next level that is foretold.
float at_least(const predict::Quantiles& quantiles, double level) {
  const auto above = std::ranges::lower_bound(predict::quantile_levels, level - 1e-9);
  const auto last = std::prev(predict::quantile_levels.end());
  return quantiles[static_cast<std::size_t>(std::min(above, last) - predict::quantile_levels.begin())];
}

std::vector<domain::ScheduledGhosts> schedule_of(const policy::Pool& pool) {
  std::vector<domain::ScheduledGhosts> schedule;
  for (const std::string& text : pool.schedule) schedule.push_back(*domain::parse_scheduled_ghosts(text));
  return schedule;
}

int scheduled_at(const std::vector<domain::ScheduledGhosts>& schedule, std::chrono::local_seconds t) {
  int ghosts = 0;
  for (const domain::ScheduledGhosts& entry : schedule)
    if (entry.window.holds_at(t)) ghosts = std::max(ghosts, entry.ghosts);
  return ghosts;
}

// Ghosts and shadows do not count: a plan that was carried out would make the next ones cheaper, and more of
// them worth their price.
int in_use_on(const state::Store& state, const std::string& host) {
  const auto instances = state.instances.list({.host = host});
  return static_cast<int>(std::ranges::count_if(instances, [](const domain::Instance& instance) {
    return instance.state == domain::InstanceState::connected ||
           instance.state == domain::InstanceState::disconnected;
  }));
}

}  // namespace

PoolOutlooks::PoolOutlooks(const policy::Policy& policy, const state::Store& state,
                           const std::vector<std::string>& pools, base::Timestamp now)
    : policy_(policy), state_(state), now_(now), prices_(price_list(policy, now, shared_notes_)) {
  read_holders();
  read_forecasts({pools.begin(), pools.end()});
}

void PoolOutlooks::read_holders() {
  for (const auto& instance : state_.instances.list()) {
    if (!instance.user) continue;
    auto& ends = holders_[*instance.user];
    const auto pool = policy_.pools.find(instance.pool);
    if (instance.state == domain::InstanceState::disconnected && pool != policy_.pools.end())
      ends = instance.changed_at + std::chrono::minutes(pool->second.grace_minutes);
  }
}

void PoolOutlooks::read_forecasts(const std::set<std::string>& pools) {
  if (!base::modified_at(policy_.forecast_file())) {
    shared_notes_.push_back(std::string("nothing is foretold: floor and schedule serve") + make_forecast);
    return;
  }
  const forecast::Store store(policy_.forecast_file(), forecast::Store::Access::read);
  read_hours(store, pools);
  read_users(store, pools);
}

void PoolOutlooks::read_hours(const forecast::Store& store, const std::set<std::string>& pools) {
  for (const forecast::PoolForecast& forecast : forecast::pool_forecasts(store)) {
    const auto end = base::from_seconds(
        (forecast.first_hour + static_cast<std::int64_t>(forecast.arrivals.size())) * hour_s);
    if (!pools.contains(forecast.pool) || end < now_ + least_foretold) continue;
    plan::ArrivalForecast& arrivals = arrivals_[forecast.pool];
    arrivals.hours_begin = base::from_seconds(forecast.first_hour * hour_s);
    for (const predict::Quantiles& hour : forecast.arrivals) arrivals.hours.push_back(hour_of(hour));
    concurrent_[forecast.pool] = forecast.concurrent;
  }
}

void PoolOutlooks::read_users(const forecast::Store& store, const std::set<std::string>& pools) {
  const auto of = forecast::newest_forecast(store);
  if (!of) {
    shared_notes_.push_back(std::string("nothing is foretold: floor and schedule serve") + make_forecast);
    return;
  }
  const auto end = base::from_seconds(of->origin_s) + forecast_slot * of->slots;
  if (end < now_ + least_foretold) {
    shared_notes_.push_back("the newest forecast, of " + base::to_rfc3339(of->made_at) + ", reaches until " +
                            base::to_rfc3339(end) + ": floor and schedule serve" + make_forecast);
    return;
  }
  const auto captured = state_.snapshots.users();
  forecast::each_forecast(store, [&](const std::string& user, const forecast::UserForecast& forecast) {
    const policy::Pool* pool = pool_serving(policy_, user);
    if (pool == nullptr || !pools.contains(pool->name)) return;
    plan::ArrivalForecast& arrivals = arrivals_[pool->name];
    arrivals.slots_begin = base::from_seconds(of->origin_s);
    arrivals.users.push_back(
        {user, forecast.connects, std::nullopt, std::ranges::binary_search(captured, user)});
    if (forecast.session_median_s > 0) sessions_s_[pool->name].push_back(forecast.session_median_s);
  });
}

PoolView PoolOutlooks::take(const policy::Pool& pool) {
  PoolView view;
  view.notes = shared_notes_;
  plan::PoolOutlook& outlook = view.outlook;
  outlook.now = now_;
  outlook.arrivals = std::move(arrivals_[pool.name]);
  if (outlook.arrivals.hours.empty() && !outlook.arrivals.users.empty())
    view.notes.push_back("the pool's hours are not foretold: its users are counted one by one");
  outlook.times = pool_times(state_, pool.name, view.notes);
  outlook.parallel = pool.parallel;
  outlook.served_percent = pool.served_percent;
  outlook.max_shadows = pool.max_shadows;
  outlook.wait_per_min = pool.wait_cost;
  add_held(pool, outlook);
  add_steps(pool, view);
  add_use(pool, outlook);
  add_evictions(pool, outlook);
  return view;
}

void PoolOutlooks::add_held(const policy::Pool& pool, plan::PoolOutlook& outlook) {
  auto& sessions = sessions_s_[pool.name];
  const auto middle = sessions.begin() + std::ssize(sessions) / 2;
  std::ranges::nth_element(sessions, middle);
  outlook.session = session_unless_foretold;
  if (!sessions.empty())
    outlook.session = std::max<std::chrono::seconds>(least_session, std::chrono::seconds(*middle));
  outlook.grace = std::chrono::minutes(pool.grace_minutes);
  for (plan::ForetoldUser& user : outlook.arrivals.users) {
    const auto holder = holders_.find(user.user);
    if (holder != holders_.end()) user.held_until = holder->second.value_or(plan::held_until(outlook));
  }
  for (const auto& instance :
       state_.instances.list({.pool = pool.name, .state = domain::InstanceState::disconnected}))
    outlook.graces_end.push_back(instance.changed_at + outlook.grace);
}

void PoolOutlooks::add_steps(const policy::Pool& pool, PoolView& view) const {
  constexpr std::size_t steps_per_hour = 4;
  const base::TimeZone zone = users_clock(policy_);
  const auto schedule = schedule_of(pool);
  std::map<std::string, int> hosts;
  for (const std::string& host : hosts_of(policy_, pool)) hosts[host] = in_use_on(state_, host);
  const auto steps = static_cast<std::size_t>(policy_.forecast.horizon_hours) * steps_per_hour;
  for (std::size_t step = 0; step < steps; ++step) {
    const base::Timestamp begin = plan::step_begin(now_, step);
    view.outlook.scheduled.push_back(scheduled_at(schedule, zone.local(begin)));
    view.outlook.idle_per_min.push_back(idle_per_min(pool, hosts, begin));
  }
}

// Of users at once. Who has left keeps their instance for the grace time, which PoolSizing adds.
void PoolOutlooks::add_use(const policy::Pool& pool, plan::PoolOutlook& outlook) const {
  const auto found = concurrent_.find(pool.name);
  if (found == concurrent_.end()) return;
  const auto count = [](float users) { return static_cast<int>(std::ceil(users - 1e-4F)); };
  for (std::size_t step = 0; step < outlook.idle_per_min.size(); ++step) {
    const auto since = plan::step_begin(now_, step) - outlook.arrivals.hours_begin;
    const auto hour = since / std::chrono::hours(1);
    if (since < base::Timestamp::duration(0) || hour >= std::ssize(found->second)) return;
    const predict::Quantiles& users = found->second[static_cast<std::size_t>(hour)];
    const double level = pool.served_percent / 100.0;
    outlook.in_use.push_back({count(users[predict::median_level]), count(at_least(users, level))});
  }
}

// Where policy does not say it: what one ghost more costs on the cheapest of the hosts, which serve so many
// already.
double PoolOutlooks::idle_per_min(const policy::Pool& pool, const std::map<std::string, int>& hosts,
                                  base::Timestamp t) const {
  if (pool.idle_cost) return *pool.idle_cost;
  if (policy_.prices.empty() && !policy_.spot.file) return idle_per_min_without_prices;
  const auto ghost = pool.minimal();
  std::optional<double> least;
  for (const auto& [host, instances] : hosts) {
    const auto price = prices_.per_hour(host, ghost, instances, t);
    if (price && (!least || *price < *least)) least = price;
  }
  return least ? *least / 60 : idle_per_min_without_prices;
}

void PoolOutlooks::add_evictions(const policy::Pool& pool, plan::PoolOutlook& outlook) const {
  if (!policy_.spot.file) return;
  for (const auto& instance : state_.instances.list({.pool = pool.name})) {
    const double risk = prices_.evictions_per_hour(instance.host, now_);
    if (risk <= 0) continue;
    if (instance.state == domain::InstanceState::warm) outlook.evictions_per_hour[instance.name] = risk;
    if (instance.state == domain::InstanceState::persona_applied_available)
      outlook.shadow_evictions_per_hour.push_back(risk);
  }
  const auto choice =
      plan::choose_host(host_candidates(policy_, state_, pool, prices_, now_), placement_wish(state_, pool));
  if (choice.host) outlook.new_evictions_per_hour = prices_.evictions_per_hour(*choice.host, now_);
}

}  // namespace deskloom::operation
