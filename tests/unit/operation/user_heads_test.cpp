// A network's heads in forecasts (SPEC D4, D5): each knows of a user what it was trained on, and what it says
// is what is told of applications and resources.
#include "operation/user_heads.hpp"

#include <cmath>

#include "forecast/applications.hpp"
#include "forecast/models.hpp"
#include "forecast/resources.hpp"
#include "history/recorder.hpp"
#include "history/rollup.hpp"
#include "history/sessions.hpp"
#include "operation/foretell.hpp"
#include "operation/learn.hpp"
#include "recorded_office.hpp"
#include "support/catch.hpp"
#include "support/small_heads.hpp"
#include "support/small_network.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;

namespace {

constexpr int days = 100;

predict::ModelFile network(bool has_heads) {
  auto file = small_network({predict::EncoderKind::lstm, 4, 1, 2, 1, 2, 2, 2, 6, 4});
  if (has_heads) put_small_heads(file);
  return file;
}

std::string promoted_model(Office& office, bool has_heads) {
  LearnOptions options;
  options.kind = "lstm";
  options.train_network = [&](base::Timestamp, base::Timestamp) { return network(has_heads); };
  const auto report = learn(office.source(), office.store, day_at(days, 0), options);
  forecast::promote(office.store, {day_at(days, 0), report.model.name, "a test"});
  return report.model.name;
}

void record_use(Office& office) {
  history::Recorder recorder(office.history);
  for (int day = days - 20; day < days; ++day) {
    for (int hour = 0; hour < 24; ++hour) {
      domain::Sample sample;
      sample.user = "user0";
      sample.at = day_at(day, hour);
      sample[domain::Metric::cpu] = hour > 8 && hour < 17 ? 2.0 + day % 3 : 0.2;
      recorder.take(sample);
    }
    recorder.take(domain::Launch{"user0", day_at(day, 9), "mail", 600});
    if (day % 2 == 0) recorder.take(domain::Launch{"user0", day_at(day, 10), "table", 600});
  }
  recorder.commit();
  history::roll_up(office.history, day_at(days, 0), {}, false);
}

}  // namespace

TEST_CASE("a head knows of a user in a forecast what it would from the whole record") {
  Office office;
  office.people = {{"user0", {"clerk", ""}}};
  office.work(3, 0, days + 2);
  const auto name = promoted_model(office, true);
  const auto at = day_at(days + 1, 12);
  foretell(office.source(), office.store, at);
  std::vector<forecast::NetworkState> states;
  forecast::each_network_state(office.store, name,
                               [&](forecast::NetworkState&& state) { states.push_back(std::move(state)); });
  CHECK(states.size() == 3);
  const auto source = office.source();
  const auto file = network(true);
  const predict::ConnectNetwork connects(file);
  const predict::NetworkHeads of_network(file, connects);
  const UserHeads heads(source, connects, of_network, std::move(states));

  predict::Dataset dataset{grid_of(source, day_at(0, 0), at), {}, {}, {}};
  history::each_user(office.history, source.longest_session(),
                     [&](const std::string& user, const std::vector<domain::Session>& sessions) {
                       dataset.users.push_back({user, sessions});
                       dataset.people.push_back(source.person(user));
                     });
  predict::RecordHeads record(file, connects, dataset);
  const auto from_record = record.at(record.heads().use);
  for (const char* user : {"user0", "user1", "unheard-of"}) {
    const auto found = heads.use(user);
    REQUIRE(found);
    const auto wanted = from_record(user, base::to_seconds(at));
    REQUIRE(found->context.size() == wanted.context.size());
    for (std::size_t i = 0; i < wanted.context.size(); ++i)
      CHECK(std::abs(found->context[i] - wanted.context[i]) < 1e-3F);
  }
  CHECK_FALSE(UserHeads().places("user0"));
}

TEST_CASE("what heads say is told of applications and resources") {
  Office office;
  office.work(2, 0, days);
  record_use(office);
  const auto told = [&](bool has_heads) {
    promoted_model(office, has_heads);
    foretell(office.source(), office.store, day_at(days, 6));
    return std::pair(forecast::next_applications(office.store, "user0"),
                     forecast::resources_of(office.store, "user0"));
  };
  const auto [applications, resources] = told(false);
  const auto [applications_by_head, resources_by_head] = told(true);
  REQUIRE(applications.size() == 2);
  REQUIRE(applications_by_head.size() == 2);
  CHECK(applications != applications_by_head);
  REQUIRE(resources);
  REQUIRE(resources_by_head);
  const auto cpu = static_cast<std::size_t>(domain::Metric::cpu);
  CHECK((*resources)[cpu][5].q90 != (*resources_by_head)[cpu][5].q90);
  for (const auto& hour : (*resources_by_head)[cpu])
    CHECK((hour.median >= 0 && hour.median <= hour.q90 && hour.q90 <= hour.q95));
}

TEST_CASE("a model with a broken head is not promoted") {
  Office office;
  office.work(2, 0, days);
  const auto model = forecast::model(office.store, promoted_model(office, true));
  check_model(office.store, model);
  auto file = predict::read_model(model.file(office.store));
  file.tensors.erase("network.heads.use.last.bias");
  predict::write_model(model.file(office.store), file);
  CHECK_THROWS_AS(check_model(office.store, model), base::Error);
}
