#include "predict/connect/evaluation.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "office.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

TEST_CASE("on office hours habits foretell better than a constant, of people who are known and who are new") {
  const auto grid = weeks_from_january(16);
  auto users = office(20, 16);
  for (std::size_t user = 15; user < 20; ++user) {
    auto& sessions = users[user].sessions;
    std::erase_if(sessions,
                  [&](const auto& session) { return session.begin_s < grid.time_s(11 * slots_per_week); });
  }
  const auto all = evaluate_connects(grid, users, {}, {12 * slots_per_week, grid.slots()});
  REQUIRE(all.size() == 8);
  for (const std::size_t first : {0U, 4U}) {
    CAPTURE(first);
    CHECK(all[first].known_users == (first == 0));
    // A regression that learnt from fifteen people knows little of others.
    for (std::size_t model = first + 1; model < (first == 0 ? 4U : 7U); ++model)
      CHECK(all[model].scores.log_loss < 0.9 * all[first].scores.log_loss);
    CHECK(all[first].scores.count == all[first + 3].scores.count);
  }
}

TEST_CASE("too little to learn from, or to score, is an error that says so") {
  const auto grid = weeks_from_january(8);
  const auto users = office(3, 8);
  for (const std::int64_t test_from : {std::int64_t{0}, std::int64_t{6 * slots_per_week}, grid.slots()})
    CHECK_THROWS_AS(evaluate_connects(grid, users, {}, {test_from, grid.slots()}), base::Error);
  CHECK_THROWS_AS(evaluate_connects(grid, {{"ann", {}}}, {}, {7 * slots_per_week, grid.slots()}),
                  base::Error);
  CHECK_NOTHROW(evaluate_connects(grid, users, {}, {7 * slots_per_week, grid.slots()}));
}

TEST_CASE("folds are scored together, each by what was learnt before it") {
  const auto grid = weeks_from_january(12);
  const auto users = office(8, 12);
  const std::int64_t first = 9 * slots_per_week, second = first + 10 * slots_per_day;
  std::vector<double> told_together, told_apart;
  const auto told = [](std::vector<double>& all) {
    return [&all](std::size_t, std::int64_t, std::span<const double> by_model) {
      all.push_back(by_model.back());
    };
  };
  const auto together = evaluate_connects(
      grid, users, {}, {first, first + 20 * slots_per_day, 2, slots_per_day}, told(told_together));
  const auto before = evaluate_connects(grid, users, {}, {first, second}, told(told_apart));
  const auto behind =
      evaluate_connects(grid, users, {}, {second, second + 10 * slots_per_day}, told(told_apart));
  std::ranges::sort(told_together);
  std::ranges::sort(told_apart);
  CHECK(told_together == told_apart);
  for (std::size_t model = 0; model < connect_models.size(); ++model) {
    const auto& [a, b] = std::pair(before[model].scores, behind[model].scores);
    const auto count = static_cast<double>(a.count + b.count);
    CHECK(together[model].scores.count == a.count + b.count);
    CHECK(std::abs(together[model].scores.log_loss -
                   (a.log_loss * static_cast<double>(a.count) + b.log_loss * static_cast<double>(b.count)) /
                       count) < 1e-9);
  }
}

TEST_CASE("what comes behind the test changes no forecast of it") {
  const auto grid = weeks_from_january(10);
  auto users = office(5, 10);
  const Folds folds(8 * slots_per_week, 9 * slots_per_week);
  const auto whole = evaluate_connects(grid, users, {}, folds);
  for (UserSessions& user : users)
    std::erase_if(user.sessions,
                  [&](const auto& session) { return session.begin_s >= grid.time_s(folds.until()); });
  const auto cut = evaluate_connects(grid, users, {}, folds);
  for (std::size_t model = 0; model < whole.size(); ++model)
    if (whole[model].scores.count > 0) CHECK(whole[model].scores.log_loss == cut[model].scores.log_loss);
}
