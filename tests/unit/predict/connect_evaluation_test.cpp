#include "predict/connect/evaluation.hpp"

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
  const auto all = evaluate_connects(grid, users, {}, 12 * slots_per_week);
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
    CHECK_THROWS_AS(evaluate_connects(grid, users, {}, test_from), base::Error);
  CHECK_THROWS_AS(evaluate_connects(grid, {{"ann", {}}}, {}, 7 * slots_per_week), base::Error);
  CHECK_NOTHROW(evaluate_connects(grid, users, {}, 7 * slots_per_week));
}
