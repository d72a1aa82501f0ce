// Forecasts of places (SPEC D5): none may see the future.
#include "predict/place/model.hpp"

#include <map>
#include <set>
#include <tuple>

#include "commuters.hpp"
#include "office.hpp"
#include "predict/place/walk.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

using Row = std::vector<float>;

// By user, hour and horizon, for all targets up to an hour.
std::map<std::tuple<std::size_t, std::int64_t>, Row> rows_of(const TimeGrid& grid,
                                                             const std::vector<UserSightings>& users,
                                                             WallHour horizon, std::int64_t until) {
  std::map<std::tuple<std::size_t, std::int64_t>, Row> rows;
  PlaceWalk walk(grid, users, {});
  walk.each_target(horizon, until - 30, until, [&](const PlaceTarget& target) {
    PlaceOutlook outlook(walk.memory(), target.user, target.now);
    const auto features = outlook.features(target.target);
    rows[{target.user, target.hour}].assign(features.begin(), features.end());
  });
  return rows;
}

void check_sums_to_one(const PlaceForecast& forecast) {
  double sum = static_cast<double>(forecast.elsewhere);
  std::set<PlaceId> places;
  for (const auto& [place, p] : forecast.places) {
    CHECK(p >= 0);
    CHECK(places.insert(place).second);
    sum += static_cast<double>(p);
  }
  CHECK_THAT(sum, Catch::Matchers::WithinAbs(1, 1e-4));
}

}  // namespace

TEST_CASE("no feature of a place changes when all that came after its forecast is deleted") {
  const auto grid = weeks_from_january(6);
  const auto users = commuters(6, 6);
  for (const WallHour horizon : {1, 3, 24, 168}) {
    const std::int64_t until = 5 * week_h + 62;
    const auto all = rows_of(grid, users, horizon, until);
    REQUIRE(all.size() > 100);
    int compared = 0;
    for (const std::int64_t hour : {until - 1, until - 7, until - 20}) {
      auto known = users;
      for (auto& user : known) {
        std::erase_if(user.sightings,
                      [&](const Sighting& sighting) { return sighting.hour > hour - horizon; });
        user.sightings.push_back({hour, 424'242});  // what is to be foretold, and is not known
      }
      for (const auto& [key, row] : rows_of(grid, known, horizon, hour + 1)) {
        if (std::get<1>(key) != hour || !all.contains(key)) continue;
        CHECK(all.at(key) == row);
        ++compared;
      }
    }
    CHECK(compared > 8);
  }
}

TEST_CASE("commuters are foretold to be at work on their days there, and at home on others") {
  const auto grid = weeks_from_january(9);
  const auto users = commuters(5, 8);
  const std::int64_t until = 8 * week_h;
  const PlaceModel model = learn_places(grid, users, {}, until);
  PlaceMemory memory(std::vector<std::size_t>(users.size(), 0), {});
  for (std::size_t user = 0; user < users.size(); ++user) {
    for (const Sighting& sighting : users[user].sightings)
      memory.see(user, static_cast<WallHour>(sighting.hour), sighting.place);
  }
  const WallHour now = 8 * week_h - 1;
  for (std::size_t user = 0; user < users.size(); ++user) {
    PlaceOutlook outlook(memory, user, now);
    for (WallHour day = 0; day < 7; ++day) {
      const auto forecast = forecast_place(model, outlook, now, now + 1 + day * day_h + 11);
      check_sums_to_one(forecast);
      const bool works = day < 5 && day != static_cast<WallHour>(user % 5);
      CAPTURE(user, day);
      CHECK(forecast.places.front().first == (works ? office_place : first_home + user));
      CHECK(forecast.places.front().second > 0.7F);
      CHECK(forecast.elsewhere > 0.002F);  // one in fifty is somewhere new
      CHECK(forecast.elsewhere < 0.1F);
    }
  }
}

TEST_CASE("the usual model, before anything was learnt, foretells habits too") {
  PlaceMemory memory(std::vector<std::size_t>{0}, {});
  for (WallHour hour = 0; hour < 4 * week_h; ++hour)
    memory.see(0, hour, hour % day_h >= 8 && hour % day_h < 17 ? 1 : 2);
  PlaceOutlook outlook(memory, 0, 4 * week_h - 1);
  for (WallHour ahead = 1; ahead <= week_h; ++ahead) {
    const auto forecast =
        forecast_place(usual_place_model(), outlook, 4 * week_h - 1, 4 * week_h - 1 + ahead);
    check_sums_to_one(forecast);
    const WallHour of_day = (ahead - 1) % day_h;
    if (of_day == 8 || of_day == 17) continue;  // a change may be an hour late
    CHECK(forecast.places.front().first == (of_day >= 8 && of_day < 17 ? 1 : 2));
  }
}

TEST_CASE("nothing, one sighting, one place, and hundreds of places are foretold without a NaN") {
  PlaceMemory memory(std::vector<std::size_t>(4, 0), {});
  for (WallHour hour = 0; hour < 2000; ++hour) {
    if (hour == 1990) memory.see(1, hour, 1);
    memory.see(2, hour, 2);
    if (hour % 3 == 0) memory.see(3, hour, static_cast<PlaceId>(1000 + hour % 700));
  }
  for (std::size_t user = 0; user < 4; ++user) {
    PlaceOutlook outlook(memory, user, 1999);
    for (const WallHour ahead : {1, 2, 24, 25, 168, 10'000}) {
      CAPTURE(user, ahead);
      const auto forecast = forecast_place(usual_place_model(), outlook, 1999, 1999 + ahead);
      check_sums_to_one(forecast);
      CHECK(forecast.places.size() == std::array<std::size_t, 4>{0, 1, 1, most_candidates}[user]);
      if (user == 2) CHECK(forecast.places.front().second > 0.9F);
    }
    double shares = 0;
    for (const auto& [place, share] : outlook.else_shares()) shares += static_cast<double>(share);
    CHECK(shares > 0);
    CHECK(shares <= 1.0001);
  }
}

TEST_CASE("weights between two horizons lie between theirs, and end with the last") {
  PlaceModel model;
  for (std::size_t i = 0; i < place_horizons_h.size(); ++i) model.weights[i].fill(static_cast<float>(i));
  CHECK(model.at(1)[0] == 0);
  CHECK(model.at(2)[0] == 1);
  CHECK(model.at(3)[0] > 1.5F);
  CHECK(model.at(3)[0] < 2);
  CHECK(model.at(24)[0] == 4);
  CHECK(model.at(1000)[0] == 6);
}
