// Networks in forecasts (SPEC D4, D5): what is foretold of the coming hour is what the network was trained to
// say, from what is kept of the past alone.
#include <cmath>
#include <map>

#include "base/error.hpp"
#include "forecast/models.hpp"
#include "history/recorder.hpp"
#include "history/sessions.hpp"
#include "operation/foretell.hpp"
#include "operation/learn.hpp"
#include "predict/network/forecasts.hpp"
#include "recorded_office.hpp"
#include "support/catch.hpp"
#include "support/small_network.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;

namespace {

const predict::ConnectShape small{predict::EncoderKind::lstm, 4, 1, 2, 1, 2, 2, 2, 6, 4};

// Inputs are kept small, so that no part of it is beyond its bend.
predict::ModelFile network() {
  auto file = small_network(small);
  for (float& factor : file.tensors["inputs.factor"].values) factor = 0.02F;
  file.tensors["calibration"].values = {1, -3};
  return file;
}

// Everybody is cut off at three minutes to the hour, one second after the other, and comes back soon.
void cut_off(Office& office, int people, base::Timestamp hour) {
  history::Recorder recorder(office.history);
  for (int person = 0; person < people; ++person) {
    const std::string user = "user" + std::to_string(person);
    const auto at = hour - std::chrono::minutes(3) + std::chrono::seconds(person);
    recorder.take(domain::Connection{user, at, false});
    recorder.take(domain::Connection{user, at + std::chrono::minutes(15), true});
  }
  recorder.commit();
}

// A regression that was learnt, and a network that was not.
std::string model_with_network(Office& office, base::Timestamp now) {
  LearnOptions options;
  options.kind = "lstm";
  options.train_network = [](base::Timestamp, base::Timestamp) { return network(); };
  const auto report = learn(office.source(), office.store, now, options);
  forecast::promote(office.store, {now, report.model.name, "a test"});
  return report.model.name;
}

// Of each user, as the network is trained and tested: from the whole record, slot by slot.
std::map<std::string, std::map<std::int64_t, float>> from_whole_record(const Office& office,
                                                                       std::int64_t origin_s) {
  const auto source = office.source();
  const auto grid = grid_of(source, base::from_seconds(monday_s),
                            base::from_seconds(origin_s + predict::network_slots * predict::slot_s));
  predict::Dataset dataset{grid, {}, {}, {}};
  history::each_user(office.history, source.longest_session(),
                     [&](const std::string& user, const std::vector<domain::Session>& sessions) {
                       dataset.users.push_back({user, sessions});
                       dataset.people.push_back(source.person(user));
                     });
  std::map<std::string, std::map<std::int64_t, float>> foretold;
  const std::int64_t origin = grid.slot_of(origin_s);
  predict::each_network_forecast(
      predict::ConnectNetwork(network()), dataset, {}, {origin, grid.slots(), predict::network_slots},
      [&](std::size_t, std::int64_t slot, std::int64_t ahead) { return slot - ahead == origin; },
      [&](const predict::ConnectSample& sample, float probability) {
        foretold[dataset.users[sample.user].user][sample.ahead] = probability;
      });
  return foretold;
}

}  // namespace

TEST_CASE("the coming hour is foretold as the network would from the whole record") {
  Office office;
  office.people = {{"user0", {"clerk", "sales"}}, {"user1", {"", "sales"}}};
  office.work(5, 0, 200);  // more sessions than a network reads of one user
  cut_off(office, 5, day_at(198, 12));
  model_with_network(office, day_at(150, 0));
  // When the next quarter of an hour must be decided: a minute later, less is known than could be.
  constexpr std::chrono::minutes until_decision{11};
  for (const auto hour : {day_at(197, 9), day_at(198, 8), day_at(198, 12)}) {
    const auto at = hour + until_decision;
    const auto report = foretell(office.source(), office.store, at);
    const auto wanted = from_whole_record(office, report.of.origin_s);
    REQUIRE(wanted.size() == 5);
    for (const auto& [user, slots] : wanted) {
      const auto forecast = forecast::forecast_of(office.store, user);
      for (const auto& [ahead, probability] : slots) {
        const float found = forecast.connects[static_cast<std::size_t>(ahead)];
        INFO(user << " " << ahead << ": " << found << " of " << probability);
        // Habits are kept with two bytes for each number.
        CHECK(std::abs(std::log(found / probability)) < 0.01F);
      }
    }
  }
}

TEST_CASE("a state is read again only when a session has ended, and never another model's") {
  Office office;
  office.work(2, 0, 100);
  model_with_network(office, day_at(80, 0));
  foretell(office.source(), office.store, day_at(98, 8));
  const auto first = forecasts_of(office.store);
  // What is kept is used: with other states, forecasts are others.
  office.store.db().execute("UPDATE network_states SET state = (SELECT zeroblob(length(state)))");
  foretell(office.source(), office.store, day_at(98, 8));
  CHECK(forecasts_of(office.store).front().connects[0] != first.front().connects[0]);
  foretell(office.source(), office.store, day_at(99, 8));  // sessions have ended meanwhile
  foretell(office.source(), office.store, day_at(98, 8));
  CHECK(forecasts_of(office.store).front().connects[0] == first.front().connects[0]);
  office.store.db().execute("UPDATE network_states SET state = (SELECT zeroblob(length(state)))");
  model_with_network(office, day_at(80, 0));
  foretell(office.source(), office.store, day_at(98, 8));
  CHECK(forecasts_of(office.store).front().connects[0] == first.front().connects[0]);
}

TEST_CASE("a model says which scores are its network's, and one that is broken is not promoted") {
  Office office;
  office.work(3, 0, 100);
  const auto name = model_with_network(office, day_at(100, 0));
  CHECK(name.starts_with("lstm-"));
  const auto plain = learn(office.source(), office.store, day_at(100, 0));
  const auto report = forecast::model(office.store, name);
  CHECK(report.log_loss != plain.model.log_loss);
  check_model(office.store, report);
  auto file = predict::read_model(report.file(office.store));
  file.tensors.erase("network.decoder.last.bias");
  predict::write_model(report.file(office.store), file);
  CHECK_THROWS_AS(check_model(office.store, report), base::Error);
}
