// What is counted of which applications sessions use (SPEC D5), small enough to be kept.
#include "predict/application/use.hpp"

#include <cmath>
#include <random>

#include "predict/application/model.hpp"
#include "predict/application/walk.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

constexpr std::int64_t monday_s = 1'767'567'600;
constexpr std::int64_t day_s = 86'400;
const base::TimeZone warsaw("Europe/Warsaw");

// People of one role who start a few of a dozen applications, some of them in the night.
std::vector<UserLaunches> some_users(int people, int days) {
  std::mt19937 dice(11);
  std::vector<UserLaunches> users(static_cast<std::size_t>(people));
  for (std::size_t person = 0; person < users.size(); ++person) {
    for (int day = 0; day < days; ++day) {
      std::int64_t at = monday_s + day * day_s + static_cast<std::int64_t>(dice() % day_s / 2);
      for (int launch = 0; launch < 6; ++launch) {
        const auto application = static_cast<ApplicationId>((person + dice() % 5 * (dice() % 3)) % 12);
        const auto dwell_s = static_cast<std::int64_t>(dice() % 900);
        users[person].launches.push_back({at, application, dwell_s});
        at += 60 + static_cast<std::int64_t>(dice() % 3000);
      }
    }
  }
  return users;
}

}  // namespace

TEST_CASE("few counts foretell what all that is remembered does") {
  const auto users = some_users(3, 30);
  ApplicationMemory memory(users);
  std::vector<UserUse> uses(users.size());
  const std::int64_t now_s = monday_s + 31 * day_s;
  each_application(warsaw, users, now_s, [&](const ApplicationMemory&, const ApplicationTarget& target) {
    const auto& launches = users[target.user].launches;
    const auto launch = *std::ranges::find(launches, target.time_s, &ApplicationLaunch::time_s);
    const int hour = local_hour(warsaw, launch.time_s);
    memory.see(target.user, launch, hour);
    uses[target.user].see(launch, hour);
  });
  RoleUse role;
  for (UserUse& use : uses) {
    use.fade_to(now_s);
    role.add(use);
  }
  const ApplicationModel& model = usual_application_model();
  for (const int hour : {0, 3, 9, 23}) {
    for (std::size_t user = 0; user < users.size(); ++user) {
      const auto foretold = forecast_uses(model.in_session, uses[user], role, hour);
      CHECK(foretold.size() >= applications_of(memory, user).size());
      float before = 1;
      for (const auto& [application, share] : foretold) {
        CAPTURE(user, application, hour);
        const double other = forecast_use(model, memory, user, {now_s, hour, true}, application);
        CHECK_THAT(static_cast<double>(share), Catch::Matchers::WithinAbs(other, 2e-4));
        CHECK(share <= before);
        before = share;
      }
    }
  }
}

TEST_CASE("of who is new, what the role uses is foretold; of who is alone, nothing") {
  UserUse regular;
  for (int day = 0; day < 20; ++day) {
    regular.see({monday_s + day * day_s, 3, 600}, 9);
    if (day % 2 == 0) regular.see({monday_s + day * day_s + 60, 4, 600}, 9);
  }
  RoleUse role;
  role.add(regular);
  const auto& weights = usual_application_model().in_session;
  const auto foretold = forecast_uses(weights, {}, role, 9);
  REQUIRE(foretold.size() == 2);
  CHECK(foretold[0].first == 3);
  CHECK(foretold[0].second > 0.8F);
  CHECK_THAT(static_cast<double>(foretold[1].second), Catch::Matchers::WithinAbs(0.5, 0.1));
  CHECK(forecast_uses(weights, {}, {}, 9).empty());
}

TEST_CASE("one launch, years between, a clock set back and many applications give probabilities") {
  UserUse once, long_ago, set_back, many;
  once.see({monday_s, 1, 0}, 0);
  long_ago.see({0, 1, 0}, 5);
  long_ago.see({monday_s, 1, 0}, 5);
  set_back.see({monday_s, 1, 3600}, 5);
  set_back.see({monday_s - 10 * day_s, 2, 3600}, 5);
  for (ApplicationId id = 0; id < 500; ++id)
    for (ApplicationId again = 0; again <= id % 3; ++again) many.see({monday_s + id * 2000, id, 0}, 5);
  CHECK(many.applications.size() == UserUse::most_applications);
  CHECK(std::ranges::is_sorted(many.applications, {}, &UserUse::Application::id));
  for (const UserUse* use : {&once, &long_ago, &set_back, &many}) {
    RoleUse role;
    role.add(*use);
    for (int hour = 0; hour < 24; ++hour)
      for (const auto& [application, share] :
           forecast_uses(usual_application_model().in_session, *use, role, hour))
        CHECK((share > 0 && share < 1));
  }
}
