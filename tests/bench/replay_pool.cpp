// Replays weeks of generated arrivals through a pool that is planned every five minutes, by several rules:
//   replay_pool SEED
// prints a line for each: RULE ARRIVALS WAITED WAIT_MINUTES IDLE_HOURS COST.
//   foretold      plan::PoolSizing, by quantiles of the same hour of the weeks before
//   costs         the same, with no promise (served_percent 0)
//   yesterday     as many as came at most in any half hour of the day before
//   fixed-cost    one number, that which would have cost least in the weeks before
//   fixed-served  one number, the least with which no more would have waited then than do by "foretold"
// All pay the same: 1 for a minute of waiting, 0.02 for one of an idle ghost.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

#include "plan/pool_plan.hpp"
#include "plan/pool_sizing.hpp"

using namespace deskloom;

namespace {

constexpr int day_min = 24 * 60, week_min = 7 * day_min;
constexpr int weeks_before = 8, weeks_played = 4;
constexpr int planned_each_min = 5;
constexpr int provision_min = 2, parallel = 4;
constexpr int window_min = 30;
constexpr int most_fixed = 100;
constexpr double wait_cost = 1, idle_cost = 0.02;
const base::Timestamp monday = base::parse_rfc3339("2026-01-05T00:00:00.000Z");

using PerMinute = std::vector<int>;

// Expected in an hour: a morning, a noon and little beside, less on some days, and hardly any at weekends.
double hourly_rate(int minute) {
  const double hour = minute % day_min / 60.0;
  const auto peak = [&](double at, double width, double height) {
    return height * std::exp(-(hour - at) * (hour - at) / (2 * width * width));
  };
  const double rate = 0.3 + peak(8.5, 0.7, 40) + peak(13, 0.8, 22) + peak(18, 1.5, 4);
  return minute % week_min < 5 * day_min ? rate : rate * 0.05;
}

PerMinute make_arrivals(unsigned seed, int weeks) {
  std::mt19937 random(seed);
  PerMinute arrivals;
  double of_day = 1;
  for (int minute = 0; minute < weeks * week_min; ++minute) {
    if (minute % day_min == 0) of_day = std::lognormal_distribution<double>(0, 0.25)(random);
    arrivals.push_back(std::poisson_distribution<int>(of_day * hourly_rate(minute) / 60)(random));
  }
  return arrivals;
}

struct Played {
  int arrivals = 0, waited = 0;
  double wait_min = 0, idle_min = 0;
  double cost() const { return wait_min * wait_cost + idle_min * idle_cost; }
};

// So many ghosts wanted, and so many kept, at a minute.
struct Wish {
  int ghosts = 0, keep = 0;
};
using Rule = std::function<Wish(int minute)>;

Played play(const PerMinute& arrivals, int from, const Rule& rule) {
  Played played;
  std::vector<int> coming;  // when each will be there
  int warm = 0;
  for (int minute = from; minute < static_cast<int>(arrivals.size()); ++minute) {
    warm += static_cast<int>(std::erase_if(coming, [&](int at) { return at <= minute; }));
    if (minute % planned_each_min == 0) {
      const Wish wish = rule(minute);
      warm = std::min(warm, std::max(wish.ghosts, wish.keep));
      for (int i = 0; static_cast<int>(coming.size()) + warm < wish.ghosts; ++i)
        coming.push_back(minute + provision_min * (i / parallel + 1));
    }
    const int came = arrivals[static_cast<std::size_t>(minute)];
    const int waited = std::max(0, came - warm);
    warm -= came - waited;
    played.arrivals += came;
    played.waited += waited;
    played.wait_min += waited * provision_min;
    played.idle_min += warm;
  }
  return played;
}

int most_in_window(const PerMinute& arrivals, int from, int until) {
  int most = 0, in_window = 0;
  for (int minute = from; minute < until; ++minute) {
    in_window += arrivals[static_cast<std::size_t>(minute)];
    if (minute >= from + window_min) in_window -= arrivals[static_cast<std::size_t>(minute - window_min)];
    most = std::max(most, in_window);
  }
  return most;
}

Rule by_yesterday(const PerMinute& arrivals) {
  return [&arrivals](int minute) {
    const int today = minute / day_min * day_min;
    const int most = most_in_window(arrivals, today - day_min, today);
    return Wish{most, most};
  };
}

Rule by_number(int ghosts) {
  return [ghosts](int) { return Wish{ghosts, ghosts}; };
}

Rule by_cheapest_number(const PerMinute& before) {
  int best = 0;
  double least = play(before, 0, by_number(0)).cost();
  for (int ghosts = 1; ghosts < most_fixed; ++ghosts) {
    const double cost = play(before, 0, by_number(ghosts)).cost();
    if (cost >= least) continue;
    least = cost;
    best = ghosts;
  }
  return by_number(best);
}

// share: of all, who may wait.
Rule by_serving_number(const PerMinute& before, double share) {
  int ghosts = 0;
  for (; ghosts < most_fixed; ++ghosts) {
    const Played played = play(before, 0, by_number(ghosts));
    if (played.waited <= share * played.arrivals) break;
  }
  return by_number(ghosts);
}

// Of the same hour of the weeks before, which are all that is known of the hour.
plan::HourArrivals foretold_hour(const PerMinute& arrivals, int hour) {
  std::vector<int> sums;
  for (int week = 1; week <= weeks_before; ++week) {
    const auto begin = arrivals.begin() + hour * 60 - week * week_min;
    sums.push_back(std::accumulate(begin, begin + 60, 0));
  }
  std::ranges::sort(sums);
  std::vector<plan::QuantilePoint> points;
  for (std::size_t i = 0; i < sums.size(); ++i)
    points.push_back({(static_cast<double>(i) + 0.5) / weeks_before, static_cast<double>(sums[i])});
  return plan::HourArrivals(points);
}

Rule by_forecast(const PerMinute& arrivals, int served_percent) {
  return [&arrivals, served_percent](int minute) {
    constexpr int hours_ahead = 4;
    const int hour = minute / 60;
    plan::PoolOutlook outlook;
    outlook.now = monday + std::chrono::minutes(minute);
    outlook.arrivals.hours_begin = monday + std::chrono::hours(hour);
    for (int ahead = 0; ahead < hours_ahead; ++ahead)
      outlook.arrivals.hours.push_back(foretold_hour(arrivals, hour + ahead));
    outlook.times = {provision_min * 60, provision_min * 60, 30, 3};
    outlook.parallel = parallel;
    outlook.served_percent = served_percent;
    outlook.wait_per_min = wait_cost;
    outlook.idle_per_min.assign(hours_ahead * 4, idle_cost);
    outlook.scheduled.assign(hours_ahead * 4, 0);
    plan::PoolSituation situation;
    situation.limits.max = 1000;
    const plan::PoolTarget target = plan::PoolSizing(outlook, situation).target();
    return Wish{target.ghosts, target.keep};
  };
}

void print(const char* rule, const Played& played) {
  std::printf("%s %d %d %.0f %.1f %.2f\n", rule, played.arrivals, played.waited, played.wait_min,
              played.idle_min / 60, played.cost());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: replay_pool SEED\n");
    return 2;
  }
  constexpr int from = weeks_before * week_min;
  const PerMinute arrivals =
      make_arrivals(static_cast<unsigned>(std::atoi(argv[1])), weeks_before + weeks_played);
  const PerMinute before(arrivals.begin(), arrivals.begin() + from);
  const Played foretold = play(arrivals, from, by_forecast(arrivals, 95));
  print("foretold", foretold);
  print("costs", play(arrivals, from, by_forecast(arrivals, 0)));
  print("yesterday", play(arrivals, from, by_yesterday(arrivals)));
  print("fixed-cost", play(arrivals, from, by_cheapest_number(before)));
  const double waited = static_cast<double>(foretold.waited) / foretold.arrivals;
  print("fixed-served", play(arrivals, from, by_serving_number(before, waited)));
  return 0;
}
