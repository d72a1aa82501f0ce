// Forecasts the demand of recorded sessions day by day, for a scoring program to read, and says what a shared
// pool of ready desktops would cost: forecast_demand ZONE BEGIN TEST END HOLIDAYS OUT FILE...
// BEGIN, TEST, END: local dates; models learn from BEGIN up to TEST and are tried from there up to END.
// HOLIDAYS: a file of local dates, or "-". FILE: lines of user,department,begin,end after a heading.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "base/error.hpp"
#include "predict/connect/features.hpp"
#include "predict/cost/shared_pool.hpp"
#include "predict/demand/evaluation.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

constexpr std::int64_t hour_s = 3600;

std::chrono::local_days date(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u", &year, &month, &day) != 3)
    throw base::Error(base::ErrorKind::usage, "not a date: " + text);
  return std::chrono::local_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day));
}

std::vector<UserSessions> read_sessions(const std::vector<std::string>& files) {
  std::map<std::string, std::vector<domain::Session>> sessions;
  for (const std::string& name : files) {
    std::ifstream file(name);
    std::string line, user, department, begin, end;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::getline(std::getline(std::getline(std::getline(fields, user, ','), department, ','), begin, ','),
                   end);
      sessions[user].push_back({std::stoll(begin), std::stoll(end)});
    }
  }
  std::vector<UserSessions> users;
  for (auto& [user, of_user] : sessions) users.push_back({user, std::move(of_user)});
  return users;
}

std::vector<char> holidays(const base::TimeZone& zone, const TimeGrid& grid, const std::string& file) {
  std::ifstream dates(file);
  std::set<std::chrono::local_days> days;
  for (std::string line; std::getline(dates, line);) days.insert(date(line));
  std::vector<char> flags;
  for (std::int64_t at = grid.begin_s(); at < grid.time_s(grid.slots()); at += hour_s) {
    const auto local = zone.local(base::Timestamp(std::chrono::seconds(at)));
    flags.push_back(days.contains(std::chrono::floor<std::chrono::days>(local)) ? 1 : 0);
  }
  return flags;
}

class StopWatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void forecast_series(const std::string& name, const TimeGrid& grid, const DemandSeries& series,
                     DemandKind kind, std::size_t test, std::FILE* out) {
  const auto write = [&](std::size_t origin, const std::vector<Quantiles>& forecasts) {
    for (std::size_t ahead = 0; ahead < forecasts.size(); ++ahead) {
      const auto time_s = [&](std::size_t hour) {
        return static_cast<long long>(grid.begin_s() + static_cast<std::int64_t>(hour) * hour_s);
      };
      std::fprintf(out, "%s,%lld,%lld", name.c_str(), time_s(origin), time_s(origin + ahead));
      for (const float quantile : forecasts[ahead]) std::fprintf(out, ",%.5g", static_cast<double>(quantile));
      std::fputc('\n', out);
    }
  };
  const StopWatch evaluating;
  const auto end = static_cast<std::int64_t>(series.amounts.size());
  for (const AmountScores& of :
       evaluate_demand(series, kind, {static_cast<std::int64_t>(test), end}, write)) {
    std::printf("%s: %s: loss %.4f, at 0.95 %.4f; covered at 0.9 %.3f, at 0.95 %.3f\n", name.c_str(),
                of.model.c_str(), of.scores.weighted_loss, of.scores.weighted_loss_95, of.scores.coverage_90,
                of.scores.coverage_95);
  }
  std::printf("%s: learnt and foretold in %.2f s\n", name.c_str(), evaluating.seconds());
}

void forecast_pool(const TimeGrid& grid, const std::vector<UserSessions>& users, std::size_t test) {
  SlotArrivals slots{arrivals_per_slot(grid, users), {}};
  for (const bool with_users : {false, true}) {
    if (with_users) slots.expected = arrivals_by_habit(grid, users, {});
    const StopWatch learning;
    const SlotModel model = learn_slots(grid, slots, test);
    const double learnt_s = learning.seconds();
    const StopWatch forecasting;
    const auto forecasts = forecast_slots(model, grid, slots, test, slots.arrivals.size());
    const auto cost = pareto(ready_cost(forecasts, slots.arrivals));
    std::printf(
        "pool%s: idle minutes an arrival %.2f at 10 %% unmet, %.2f at 5 %%; learnt in %.2f s, %zu slots in "
        "%.2f s\n",
        with_users ? " with users' habits" : "", idle_at(cost, 0.1), idle_at(cost, 0.05), learnt_s,
        forecasts.size(), forecasting.seconds());
  }
}

void run(const std::vector<std::string>& arguments) {
  const base::TimeZone zone(arguments[0]);
  const auto midnight = [&](const std::string& text) { return zone.utc(date(text)); };
  const TimeGrid grid(zone, midnight(arguments[1]), midnight(arguments[3]));
  const auto users = read_sessions({arguments.begin() + 6, arguments.end()});
  const auto test_s =
      std::chrono::floor<std::chrono::seconds>(midnight(arguments[2])).time_since_epoch().count();
  const auto test = static_cast<std::size_t>(grid.slot_of(test_s));
  std::FILE* out = std::fopen(arguments[5].c_str(), "w");
  if (out == nullptr) throw base::system_error("cannot write " + arguments[5]);
  std::fputs("series,origin,ts,q0.1,q0.2,q0.3,q0.4,q0.5,q0.6,q0.7,q0.8,q0.9,q0.95,q0.99\n", out);
  DemandSeries series;
  series.hours_of_week = hours_of_week(grid);
  series.holidays = holidays(zone, grid, arguments[4]);
  series.amounts = arrivals_per_hour(arrivals_per_slot(grid, users));
  forecast_series("connects", grid, series, DemandKind::arrivals, test / 4, out);
  series.amounts = concurrent_per_hour(grid, users);
  forecast_series("active", grid, series, DemandKind::concurrent, test / 4, out);
  std::fclose(out);
  forecast_pool(grid, users, test);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fprintf(stderr, "usage: forecast_demand ZONE BEGIN TEST END HOLIDAYS OUT FILE...\n");
    return 2;
  }
  try {
    run({argv + 1, argv + argc});
  } catch (const base::Error& e) {
    std::fprintf(stderr, "forecast_demand: %s\n", e.what());
    return 1;
  }
  return 0;
}
