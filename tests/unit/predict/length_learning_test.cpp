// Learning how long sessions last, and how good that is beside simple ways (SPEC D4, D5).
#include "predict/length/learning.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "office.hpp"
#include "predict/length/evaluation.hpp"
#include "predict/length/file.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr std::int64_t lead_s = 240;

std::array<float, 5> numbers_of(const LengthModel& model) {
  return {model.hours_apart, model.half_life_weeks, model.other_kind_of_day, model.others_sessions,
          model.by_the_clock};
}

// Mornings are long there and afternoons short, and some stay but half as long as others.
std::vector<UserSessions> varied_office(int people, int weeks) {
  auto users = office(people, weeks);
  for (std::size_t user = 0; user < users.size(); user += 2)
    for (domain::Session& session : users[user].sessions)
      session.end_s -= (session.end_s - session.begin_s) / 2;
  return users;
}

const LengthScores& scores_of(const std::vector<LengthScores>& all, const std::string& model) {
  return *std::ranges::find(all, model, &LengthScores::model);
}

bool is_refused(const ModelFile& file) {
  try {
    length_model_in(file);
  } catch (const base::Error& error) {
    return error.kind() == base::ErrorKind::corrupt;
  }
  return false;
}

}  // namespace

TEST_CASE("what is learnt loses less than a user's own quantiles, and covers what it says") {
  const auto grid = weeks_from_january(16);
  const auto users = varied_office(30, 16);
  const Folds folds(12 * slots_per_week, 16 * slots_per_week, 2, slots_per_day);
  const auto all = evaluate_lengths(grid, users, folds, lead_s);
  REQUIRE(all.size() == 5);
  CHECK(all.back().model == "sessions alike");
  const QuantileScores& learnt = all.back().scores;
  for (const LengthScores& one : all) {
    CAPTURE(one.model);
    CHECK(one.scores.count == all.front().scores.count);
    CHECK(one.scores.weighted_loss >= learnt.weighted_loss);
  }
  CHECK(learnt.weighted_loss < 0.8 * scores_of(all, "user's recent ones").scores.weighted_loss);
  CHECK_THAT(learnt.coverage_90, Catch::Matchers::WithinAbs(0.9, 0.05));
  CHECK_THAT(learnt.coverage_95, Catch::Matchers::WithinAbs(0.95, 0.035));
}

TEST_CASE("where roles differ, knowing them is worth something, above all of newcomers") {
  const auto grid = weeks_from_january(10);
  auto users = varied_office(40, 10);
  std::vector<std::size_t> roles;
  for (std::size_t user = 0; user < users.size(); ++user) {
    roles.push_back(user % 2);
    if (user < 20) continue;  // the others come in the weeks of the test
    std::erase_if(users[user].sessions, [&](const domain::Session& session) {
      return session.begin_s < grid.time_s(8 * slots_per_week);
    });
  }
  const Folds folds(8 * slots_per_week, 10 * slots_per_week);
  const double with_roles = evaluate_lengths(grid, users, folds, lead_s, roles).back().scores.weighted_loss;
  CHECK(with_roles < 0.9 * evaluate_lengths(grid, users, folds, lead_s).back().scores.weighted_loss);
}

TEST_CASE("nothing is learnt from what comes later, and nothing from too little") {
  const auto grid = weeks_from_january(12);
  auto users = office(12, 12);
  const std::int64_t until = 8 * slots_per_week;
  const auto learnt = numbers_of(learn_lengths(grid, users, until, lead_s));
  CHECK(learnt != numbers_of(usual_length_model()));
  for (UserSessions& user : users)
    std::erase_if(user.sessions,
                  [&](const domain::Session& session) { return session.end_s > grid.time_s(until); });
  CHECK(numbers_of(learn_lengths(grid, users, until, lead_s)) == learnt);
  CHECK(numbers_of(learn_lengths(grid, {}, until, lead_s)) == numbers_of(usual_length_model()));
  CHECK(numbers_of(learn_lengths(grid, users, slots_per_week + 1, lead_s)) ==
        numbers_of(usual_length_model()));
}

TEST_CASE("a test with no session, or with none before it, is an error") {
  const auto grid = weeks_from_january(6);
  auto users = office(3, 4);
  const Folds behind(5 * slots_per_week, 6 * slots_per_week), whole(0, 4 * slots_per_week);
  CHECK_THROWS_AS(evaluate_lengths(grid, users, behind, lead_s), base::Error);
  CHECK_THROWS_AS(evaluate_lengths(grid, users, whole, lead_s), base::Error);
  CHECK_THROWS_AS(evaluate_lengths(grid, {}, behind, lead_s), base::Error);
}

TEST_CASE("a model of lengths comes back from its file, and absurd ones are refused") {
  ModelFile file("deskloom-ahead-1");
  CHECK_FALSE(length_model_in(file));
  const LengthModel model{0.75F, 12, 0.3F, 8, 0.25F};
  put_length_model(file, model);
  const ModelFile again = decode_model(encode_model(file), "a.safetensors");
  CHECK(numbers_of(*length_model_in(again)) == numbers_of(model));
  for (std::size_t number = 0; number < numbers_of(model).size(); ++number) {
    for (const float absurd : {-1.0F, 1e6F, std::numeric_limits<float>::quiet_NaN()}) {
      CAPTURE(number, absurd);
      ModelFile broken = file;
      broken.tensors["length.numbers"].values[number] = absurd;
      CHECK(is_refused(broken));
    }
  }
  file.tensors["length.numbers"] = {{4}, std::vector<float>(4, 1)};
  CHECK(is_refused(file));
}
