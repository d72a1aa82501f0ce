// Foretells where users are, and how well: forecast_places FIXES.csv ZONE TEST_FROM FORECASTS.csv.
// FIXES.csv: user,at,place, at in seconds since 1970, as scripts/usage-trace writes locations.csv. TEST_FROM:
// seconds since 1970. FORECASTS.csv: entity,ts,horizon_h,cell,p for each hour of the test in which a user was
// seen, from what was known at the end of the hour that began so many hours before.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <unordered_map>

#include "base/error.hpp"
#include "predict/place/evaluation.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

// Below this, places that would be new to the user are written as one.
constexpr double least_written = 1e-5;
constexpr const char* others = "*";

struct Record {
  std::vector<std::string> places;
  std::map<std::string, std::vector<Fix>> fixes;  // by user, in the order of time
};

std::string next_field(std::string_view& line) {
  const std::size_t end = std::min(line.find(','), line.size());
  std::string field(line.substr(0, end));
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

Record read(const char* path) {
  std::ifstream in(path);
  if (!in) throw base::system_error(std::string("cannot read ") + path);
  Record record;
  std::unordered_map<std::string, PlaceId> ids;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::string_view rest = line;
    const std::string user = next_field(rest);
    const std::int64_t at = std::atoll(next_field(rest).c_str());
    const std::string place = next_field(rest);
    const auto [id, is_new] = ids.try_emplace(place, static_cast<PlaceId>(ids.size()));
    if (is_new) record.places.push_back(place);
    record.fixes[user].push_back({at, id->second});
  }
  for (auto& [user, fixes] : record.fixes) std::ranges::stable_sort(fixes, {}, &Fix::time_s);
  return record;
}

TimeGrid grid_of(const Record& record, const std::string& zone) {
  std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;
  for (const auto& [user, fixes] : record.fixes) {
    first = std::min(first, fixes.front().time_s);
    last = std::max(last, fixes.back().time_s);
  }
  const auto at = [](std::int64_t s) { return base::Timestamp(std::chrono::seconds(s)); };
  return {base::TimeZone(zone), at(first), at(last + 3600)};
}

class Writer {
 public:
  Writer(const char* path, const Record& record, const TimeGrid& grid,
         const std::vector<UserSightings>& users)
      : file_(std::fopen(path, "w")), record_(record), grid_(grid), users_(users) {
    if (file_ == nullptr) throw base::system_error(std::string("cannot write ") + path);
    std::fputs("entity,ts,horizon_h,cell,p\n", file_);
  }
  ~Writer() { std::fclose(file_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void write(WallHour horizon, const PlaceForecastMade& made) {
    const auto row = [&](const std::string& cell, double p) {
      std::fprintf(file_, "%s,%lld,%d,%s,%.5g\n", users_[made.target.user].user.c_str(),
                   static_cast<long long>(grid_.time_s(made.target.hour * hour_slots)), horizon, cell.c_str(),
                   p);
    };
    for (const auto& [place, p] : made.forecast.places) row(record_.places[place], static_cast<double>(p));
    double left = made.forecast.elsewhere;
    for (const auto& [place, share] : made.outlook.else_shares()) {
      const double p = made.forecast.elsewhere * share;
      if (p < least_written) continue;
      row(record_.places[place], p);
      left -= p;
    }
    row(others, std::max(left, 0.0));
  }

 private:
  std::FILE* file_;
  const Record& record_;
  const TimeGrid& grid_;
  const std::vector<UserSightings>& users_;
};

using Seconds = std::chrono::duration<double>;
using std::chrono::steady_clock;

// What a service does every hour, for as many users: those recorded, over and over.
void time_day_ahead(const TimeGrid& grid, const std::vector<UserSightings>& users) {
  constexpr std::size_t count = 10'000;
  PlaceWalk walk(grid, users, {});
  walk.each_target(1, hours_of(grid), hours_of(grid), {});
  const WallHour now = wall_hours(grid).back();
  const auto begin = steady_clock::now();
  float sum = 0;
  for (std::size_t user = 0; user < count; ++user) {
    PlaceOutlook outlook(walk.memory(), user % users.size(), now);
    for (WallHour target = now + 1; target <= now + day_h; ++target)
      sum += forecast_place(usual_place_model(), outlook, now, target).elsewhere;
  }
  const Seconds took = steady_clock::now() - begin;
  std::printf("24 hours of %zu users foretold in %.2f s, %.4f of them elsewhere\n", count, took.count(),
              static_cast<double>(sum) / static_cast<double>(count * day_h));
}

void run(const char* fixes, const std::string& zone, std::int64_t test_from_s, const char* forecasts) {
  const Record record = read(fixes);
  const TimeGrid grid = grid_of(record, zone);
  std::vector<UserSightings> users;
  for (const auto& [user, seen] : record.fixes) users.push_back({user, 0, hourly_places(grid, seen)});
  const PlaceTest test{{grid.slot_of(test_from_s) / hour_slots, hours_of(grid)}};
  Writer writer(forecasts, record, grid, users);
  const auto begin = steady_clock::now();
  const auto all = evaluate_places(grid, users, test, [&](WallHour horizon, const PlaceForecastMade& made) {
    writer.write(horizon, made);
  });
  const Seconds took = steady_clock::now() - begin;
  std::printf("%7s %-24s %8s %9s %7s %7s\n", "horizon", "model", "count", "log loss", "top 1", "top 3");
  for (const PlaceScores& one : all) {
    std::printf("%6dh %-24s %8zu %9.4f %6.2f%% %6.2f%%\n", one.horizon, one.model.c_str(), one.scores.count,
                one.scores.log_loss, 100 * one.scores.first, 100 * one.scores.among_three);
  }
  std::printf("learnt, foretold and written in %.1f s\n", took.count());
  time_day_ahead(grid, users);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: forecast_places FIXES.csv ZONE TEST_FROM FORECASTS.csv\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], std::atoll(argv[3]), argv[4]);
  } catch (const base::Error& e) {
    std::fprintf(stderr, "forecast_places: %s\n", e.what());
    return 1;
  }
  return 0;
}
