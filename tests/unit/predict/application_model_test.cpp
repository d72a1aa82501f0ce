// Forecasts of the application that a user starts next (SPEC D5): none may see the future.
#include "predict/application/model.hpp"

#include <random>

#include "base/error.hpp"
#include "predict/application/evaluation.hpp"
#include "predict/application/walk.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

constexpr std::int64_t monday_s = 1'767'567'600;  // 5 January 2026, midnight in Warsaw
constexpr std::int64_t day_s = 86'400;
constexpr ApplicationId mail = 0, first_of_role = 10;
const base::TimeZone warsaw("Europe/Warsaw");

// People who come at nine, start their mail, and then mostly go through the three applications of their role.
std::vector<UserLaunches> clerks(int people, int days) {
  std::mt19937 dice(5);
  std::vector<UserLaunches> users;
  for (int person = 0; person < people; ++person) {
    auto& user = users.emplace_back();
    user.user = "user" + std::to_string(person);
    user.role = static_cast<std::size_t>(person % 2);
    const auto first = first_of_role * static_cast<ApplicationId>(1 + user.role);
    for (int day = 0; day < days; ++day) {
      std::int64_t at = monday_s + day * day_s + 9 * 3600 + static_cast<std::int64_t>(dice() % 600);
      user.launches.push_back({at, mail, 300});
      const int turns = 2 + day % 2;
      for (int turn = 0; turn < turns; ++turn) {
        at += 400;
        const bool strays = dice() % 10 == 0;
        const auto next = strays ? static_cast<ApplicationId>(dice() % 3) : static_cast<ApplicationId>(turn);
        user.launches.push_back({at, first + next, 300});
      }
    }
  }
  return users;
}

struct Rows {
  std::vector<ApplicationId> candidates;
  std::vector<float> features;
  std::vector<std::array<float, use_features>> uses;
  bool operator==(const Rows&) const = default;
};

// Of the last launch of a user before a time.
Rows rows_before(const std::vector<UserLaunches>& users, std::size_t user, std::int64_t until_s) {
  Rows rows;
  each_application(warsaw, users, until_s,
                   [&](const ApplicationMemory& memory, const ApplicationTarget& target) {
                     if (target.user != user) return;
                     const ApplicationOutlook outlook(memory, user, target.moment);
                     rows.candidates.assign(outlook.candidates().begin(), outlook.candidates().end());
                     rows.features.assign(outlook.features().begin(), outlook.features().end());
                     rows.uses.clear();
                     for (const ApplicationId application : applications_of(memory, user))
                       rows.uses.push_back(features_of_use(memory, user, target.moment, application));
                   });
  return rows;
}

double sum(const ApplicationForecast& forecast) {
  double sum = static_cast<double>(forecast.anything_else);
  for (const auto& [application, p] : forecast.applications) sum += static_cast<double>(p);
  return sum;
}

}  // namespace

TEST_CASE("no feature of a launch changes when it and all that came after is deleted") {
  const auto users = clerks(6, 20);
  for (const std::size_t number : {0U, 1U, 20U, 21U, 22U, 40U}) {
    const ApplicationLaunch launch = users[2].launches[number];
    auto known = users;
    for (auto& user : known)
      std::erase_if(user.launches, [&](const auto& other) { return other.time_s >= launch.time_s; });
    known[2].launches.push_back(
        {launch.time_s, 424'242, 1});  // something is started, and it is not known what
    CHECK(rows_before(known, 2, launch.time_s + 1) == rows_before(users, 2, launch.time_s + 1));
  }
}

TEST_CASE("what begins a session, and what follows in a role, is foretold") {
  const auto users = clerks(8, 40);
  const auto model = learn_applications(warsaw, users, monday_s + 40 * day_s);
  ApplicationMemory memory(users);
  for (const ApplicationLaunch& launch : users[0].launches) memory.see(0, launch, 9);
  const std::int64_t now = monday_s + 40 * day_s + 9 * 3600;
  for (const auto& known : {model, usual_application_model()}) {
    const auto first = forecast_application(known, ApplicationOutlook(memory, 0, {now, 9, true}));
    CHECK(first.applications.front().first == mail);
    CHECK_THAT(sum(first), Catch::Matchers::WithinAbs(1, 1e-4));
    CHECK(forecast_use(known, memory, 0, {now, 9, true}, mail) > 0.9);
    CHECK(forecast_use(known, memory, 0, {now, 9, true}, first_of_role + 2) < 0.7);
    // One who is new begins as others of the role do.
    const auto of_new = forecast_application(known, ApplicationOutlook(memory, 2, {now, 9, true}));
    CHECK(of_new.applications.front().first == mail);
  }
  memory.see(0, {now, mail, 0}, 9);
  const auto second = forecast_application(model, ApplicationOutlook(memory, 0, {now, 9, false}));
  CHECK(second.applications.front().first == first_of_role);
  CHECK(second.applications.front().second > 0.7F);
}

TEST_CASE("who never started anything is foretold something else, without a NaN") {
  const ApplicationMemory memory({{"ann", 0, {}}});
  const ApplicationOutlook outlook(memory, 0, {monday_s, 9, true});
  const auto forecast = forecast_application(usual_application_model(), outlook);
  CHECK(forecast.applications.empty());
  CHECK(forecast.anything_else == 1);
  CHECK(outlook.share_of_else(3) == 0);
  const double use = forecast_use(usual_application_model(), memory, 0, {monday_s, 9, true}, 3);
  CHECK(use > 0);
  CHECK(use < 1);
}

TEST_CASE("of hundreds of applications the likely ones are candidates, and the rest is everything else") {
  ApplicationMemory memory({{"ann", 0, {}}});
  for (ApplicationId launch = 0; launch < 900; ++launch)
    memory.see(0, {monday_s + launch * 60, launch % 3 == 0 ? 7 : launch, 30}, 9);
  const ApplicationOutlook outlook(memory, 0, {monday_s + day_s, 9, false});
  const auto forecast = forecast_application(usual_application_model(), outlook);
  CHECK(forecast.applications.size() == most_applications);
  CHECK(forecast.applications.front().first == 7);
  CHECK(forecast.anything_else > 0.05F);
  CHECK_THAT(sum(forecast), Catch::Matchers::WithinAbs(1, 1e-4));
}

TEST_CASE("on clerks what is learnt foretells better than how often they start what") {
  const auto scores =
      evaluate_applications(warsaw, clerks(8, 40), {monday_s + 30 * day_s, monday_s + 40 * day_s});
  REQUIRE(scores.next.size() == 4);
  CHECK(scores.next[0].scores.count == 8 * 10 * 7 / 2);
  for (const auto& one : scores.next) CHECK(one.scores.count == scores.next[0].scores.count);
  CHECK(scores.next[1].scores.log_loss < scores.next[0].scores.log_loss);
  CHECK(scores.next[2].scores.log_loss < scores.next[1].scores.log_loss);
  CHECK(scores.next[3].scores.log_loss < scores.next[2].scores.log_loss);
  CHECK(scores.next[3].scores.first > 0.8);
  REQUIRE(scores.in_session.size() == 3);
  CHECK(scores.in_session[2].scores.log_loss < 1.02 * scores.in_session[1].scores.log_loss);
}

TEST_CASE("too little to learn launches from, or to score, is an error that says so") {
  const auto users = clerks(2, 3);
  for (const std::int64_t from : {monday_s, monday_s + 3 * day_s})
    CHECK_THROWS_AS(evaluate_applications(warsaw, users, {from, monday_s + 5 * day_s}), base::Error);
  CHECK_THROWS_AS(evaluate_applications(warsaw, {}, {monday_s, monday_s + day_s}), base::Error);
  CHECK_NOTHROW(evaluate_applications(warsaw, users, {monday_s + day_s, monday_s + 3 * day_s}));
}
