// Forecasts are scored when their time has passed, and corrected by that (SPEC D6).
#include "operation/feedback.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "forecast/models.hpp"
#include "history/recorder.hpp"
#include "operation/foretell.hpp"
#include "operation/learn.hpp"
#include "predict/ahead/file.hpp"
#include "support/catch.hpp"
#include "unit/operation/recorded_office.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;
using forecast::Question;

namespace {

constexpr std::int64_t far_day = 1'000'000;

std::int64_t number_of(int day) { return day_of(base::TimeZone("UTC"), base::to_seconds(day_at(day, 0))); }

void foretell_every(Office& office, int hours, int from_day, int until_day) {
  for (int hour = from_day * 24; hour < until_day * 24; hour += hours)
    foretell(office.source(), office.store, day_at(0, hour));
}

std::vector<forecast::Feedback> all_feedback(const Office& office, const std::string& model = "") {
  return forecast::feedback(office.store, model, 0, far_day);
}

struct Total {
  double slots = 0, came_true = 0, loss = 0, habit_loss = 0;
};

Total total(const std::vector<forecast::Feedback>& feedback, Question question, std::int64_t band) {
  Total total;
  for (const forecast::Feedback& of : feedback) {
    if (of.question != question || of.band != band) continue;
    total.loss += of.log_loss;
    total.habit_loss += of.habit_log_loss;
    for (const predict::LogitBin& bin : of.bins) {
      total.slots += static_cast<double>(bin.count);
      total.came_true += static_cast<double>(bin.came_true);
    }
  }
  return total;
}

double calibration_error(const std::vector<forecast::Feedback>& feedback, Question question) {
  predict::LogitBins bins{};
  for (const forecast::Feedback& of : feedback)
    if (of.question == question) predict::add_to_bins(bins, of.bins);
  return predict::calibration_error(bins);
}

// What was learnt from twelve weeks, with all weights times that, in force.
std::string put_into_force(Office& office, float times) {
  const auto learnt = learn(office.source(), office.store, day_at(84, 0)).model;
  forecast::Model model = learnt;
  model.name = "changed";
  auto ahead = predict::ahead_model_in(predict::read_model(learnt.file(office.store)));
  for (auto* bands : {&ahead.connects, &ahead.present})
    for (auto& weights : *bands)
      for (float& weight : weights) weight *= times;
  predict::ModelFile file(predict::ahead_schema);
  predict::put_ahead_model(file, ahead);
  predict::write_model(model.file(office.store), file);
  forecast::add_model(office.store, model);
  forecast::promote(office.store, {day_at(84, 0), model.name, "a test"});
  return model.name;
}

}  // namespace

TEST_CASE("slots are scored once, a day after their end, from every distance") {
  Office office;
  office.work(5, 0, 40);
  foretell_every(office, 1, 35, 36);  // Monday
  CHECK(all_feedback(office).empty());
  foretell(office.source(), office.store, day_at(36, 10));
  const auto feedback = all_feedback(office);
  REQUIRE_FALSE(feedback.empty());
  for (const forecast::Feedback& of : feedback) CHECK(of.day == number_of(35));
  // At ten, what ended at ten the day before: 9:00 to 9:39 is when they came.
  const Total near = total(feedback, Question::connects, 1);
  CHECK(near.came_true > 0);
  CHECK(near.came_true <= 5);
  CHECK(near.loss > 0);
  CHECK(std::abs(near.loss - near.habit_loss) < 1e-9);  // without a model, habits are what was said
  CHECK(total(feedback, Question::present, 1).came_true > near.came_true);
  foretell(office.source(), office.store, day_at(36, 10));
  CHECK(total(all_feedback(office), Question::connects, 1).slots == near.slots);

  foretell(office.source(), office.store, day_at(37, 10));
  const auto later = all_feedback(office);
  std::vector<forecast::Feedback> of_monday;
  std::ranges::copy_if(later, std::back_inserter(of_monday),
                       [](const forecast::Feedback& of) { return of.day == number_of(35); });
  // From the hours before, all slots but the first were foretold, most from each distance.
  CHECK(total(of_monday, Question::present, 2).slots > 5 * 60);
  CHECK(total(of_monday, Question::present, 2).slots <= 5 * 96);
  CHECK(total(of_monday, Question::present, 0).slots <= 5 * 24);  // one an hour
  CHECK(total(of_monday, Question::connects, 0).slots < total(of_monday, Question::present, 0).slots);
}

TEST_CASE("what a record does not reach is not scored, nor what policy excludes") {
  Office office;
  office.work(5, 0, 36);
  foretell_every(office, 4, 35, 42);  // the last is a Monday; nobody was recorded since
  const auto feedback = all_feedback(office);
  for (const forecast::Feedback& of : feedback) CHECK(of.day == number_of(35));
  CHECK(forecast::feedback_of(office.store)->until_s == base::to_seconds(day_at(35, 13)) + 60 * 28);

  Office excluding;
  excluding.policy.forecast.excluded = {"2026-02-09/2026-02-10"};
  excluding.work(5, 0, 40);
  foretell_every(excluding, 4, 35, 39);
  const auto kept = all_feedback(excluding);
  REQUIRE_FALSE(kept.empty());
  for (const forecast::Feedback& of : kept) CHECK(of.day != number_of(35));
}

TEST_CASE("days of which something is recorded too late count no more") {
  Office office;
  office.work(4, 0, 40);
  foretell_every(office, 4, 35, 39);
  const double before = total(all_feedback(office), Question::present, 3).slots;
  {
    history::Recorder recorder(office.history);
    recorder.take(domain::Connection{"ann", day_at(36, 3), true});
    recorder.commit();
  }
  foretell(office.source(), office.store, day_at(39, 0));
  const auto feedback = all_feedback(office);
  REQUIRE_FALSE(feedback.empty());
  for (const forecast::Feedback& of : feedback) CHECK(of.day != number_of(36));
  // Of the day after, there is what was scored since.
  CHECK(total(feedback, Question::present, 3).slots < before / 2);
}

TEST_CASE("feedback looks at nothing that came later, and a clock set back spoils none") {
  Office whole, until_then;
  whole.work(5, 0, 60);
  until_then.work(5, 0, 39);
  for (Office* office : {&whole, &until_then}) foretell_every(*office, 3, 35, 39);
  const auto one = all_feedback(whole), other = all_feedback(until_then);
  REQUIRE_FALSE(one.empty());
  REQUIRE(one.size() == other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].log_loss == other[i].log_loss);
    CHECK(one[i].brier == other[i].brier);
  }
  foretell(whole.source(), whole.store, day_at(36, 0));
  CHECK(all_feedback(whole).size() == one.size());
  foretell_every(whole, 3, 36, 39);
  foretell(whole.source(), whole.store, day_at(38, 21));
  CHECK(total(all_feedback(whole), Question::present, 3).slots == total(one, Question::present, 3).slots);
}

TEST_CASE("pools are scored hour by hour") {
  Office office;
  office.serve("all", {});
  office.work(6, 0, 50);
  foretell_every(office, 2, 42, 46);
  const auto feedback = forecast::pool_feedback(office.store, "", 0, far_day);
  REQUIRE_FALSE(feedback.empty());
  std::int64_t hours = 0, within = 0;
  double arrivals = 0;
  for (const forecast::PoolFeedback& of : feedback) {
    CHECK(of.pool == "all");
    CHECK(of.arrivals_within <= of.hours);
    CHECK((of.arrivals_loss >= 0 && of.concurrent_loss >= 0));
    hours += of.hours, within += of.concurrent_within, arrivals += of.arrivals;
  }
  CHECK(hours > 40);
  CHECK(hours <= 72);
  CHECK(within > hours / 2);
  CHECK(arrivals > 6);
}

TEST_CASE("a model that is far too sure is calibrated after two weeks of feedback") {
  Office office;
  office.work(40, 0, 84 + 28);
  const std::string model = put_into_force(office, 2);
  foretell_every(office, 3, 84, 84 + 18);
  const auto early = forecast::feedback(office.store, model, number_of(84), number_of(84 + 5));
  const auto corrections = corrections_of(office.store, model, number_of(84 + 18));
  CHECK(corrections[0][2].slope < 0.85F);
  CHECK(corrections_of(office.store, model, number_of(84 + 3))[0][2].is_none());  // three days say nothing
  CHECK(corrections_of(office.store, "", number_of(84 + 18))[0][2].is_none());
  foretell_every(office, 3, 84 + 18, 84 + 26);
  const auto late = forecast::feedback(office.store, model, number_of(84 + 19), number_of(84 + 24));
  for (const Question question : {Question::connects, Question::present}) {
    INFO(calibration_error(early, question) << " -> " << calibration_error(late, question));
    CHECK(calibration_error(late, question) < 0.6 * calibration_error(early, question));
  }
  const Total before = total(early, Question::connects, 2), after = total(late, Question::connects, 2);
  CHECK(after.loss / after.slots < before.loss / before.slots);
}

TEST_CASE("forecasts of a time before their model was made are not scored") {
  Office office;
  office.work(8, 0, 90);
  const std::string model = put_into_force(office, 1);
  foretell_every(office, 6, 70, 80);
  CHECK(forecast::pending_keys(office.store).empty());
  CHECK(all_feedback(office, model).empty());
}
