// C2: shadows as administrators see them, and what they would be given.
#include "forecast/forecasts.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::add_instance;
using test::Deployment;
using State = domain::InstanceState;

namespace {

// From the beginning of this quarter of an hour on, for a day.
void foretell(const Deployment& deployment, const std::string& user, float chance) {
  const auto now = std::chrono::system_clock::now();
  const std::int64_t quarter_s = base::to_seconds(now) / 900 * 900;
  forecast::Store store(deployment.directory() / "state/forecast.sqlite", forecast::Store::Access::write);
  forecast::ForecastWriter writer(store);
  writer.add(user, {std::vector<float>(96, chance), std::vector<float>(96, chance), 3600, 7200});
  writer.finish({base::from_seconds(quarter_s), quarter_s, 96, std::nullopt});
}

// One vCPU of four, as pools with 'minimal_vcpus' make them.
void add_shadow(const Deployment& deployment, const std::string& name, const std::string& user) {
  const auto store = deployment.state();
  add_instance(store, name, State::persona_applied_available, user);
  store.db().execute("UPDATE instances SET vcpus = 1, minimal_vcpus = 1, full_vcpus = 4 WHERE name = '" +
                     name + "'");
}

}  // namespace

TEST_CASE("C2: shadows are listed with what they have and when their users are expected") {
  const Deployment deployment;
  add_shadow(deployment, "default-1", "alice");
  add_instance(deployment.state(), "default-2", State::disconnected, "bob");
  add_instance(deployment.state(), "default-3", State::connected, "carol");
  add_instance(deployment.state(), "default-4", State::warm);
  foretell(deployment, "alice", 0.3F);
  const auto shadows = deployment.json({"shadow", "list"}).json.at("shadows");
  REQUIRE(shadows.size() == 2);
  CHECK(shadows[0].at("user") == "alice");
  CHECK(shadows[0].at("vcpus") == 1);
  CHECK(shadows[0].at("full_vcpus") == 4);
  CHECK(shadows[0].at("return_probability") >= 0.5);  // two quarters at least
  CHECK(shadows[1].at("return_probability").is_null());
  CHECK(deployment.json({"shadow", "list", "nowhere"}).code == 17);
}

TEST_CASE("C2: what the forecast asks for is shown, and nothing moves when it is only asked") {
  const Deployment deployment;
  add_shadow(deployment, "default-1", "alice");
  foretell(deployment, "alice", 0.5F);
  const auto shown = deployment.json({"shadow", "show", "alice"}).json;
  CHECK(shown.at("stage") == "full");
  CHECK_THAT(shown.at("reason").get<std::string>(), test::Contains("stage full begins at 60 %"));
  CHECK(shown.at("resources").size() == 5);
  const auto would = deployment.json({"--dry-run", "shadow", "inflate"}).json.at("shadows").at(0);
  CHECK(would.at("vcpus") == 4);
  CHECK(would.at("stage") == "full");
  CHECK(deployment.state().instances.get("default-1").allocation.vcpus == 1);
}

TEST_CASE("C2: without a forecast nothing is inflated, and it is said what to do") {
  const Deployment deployment;
  add_shadow(deployment, "default-1", "alice");
  const auto refused = deployment.json({"shadow", "inflate"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.err, test::Contains("nothing is foretold yet"));
  CHECK_THAT(refused.err, test::Contains("--full or --stage"));
  foretell(deployment, "bob", 0.5F);
  const auto unknown = deployment.json({"--dry-run", "shadow", "inflate"}).json.at("shadows").at(0);
  CHECK(unknown.at("stage").is_null());
  CHECK(unknown.at("reason") == "nothing is foretold of this user");
}

TEST_CASE("C2: who has no shadow, or is connected, is told so") {
  const Deployment deployment;
  add_instance(deployment.state(), "default-1", State::connected, "alice");
  CHECK(deployment.json({"shadow", "show", "bob"}).code == 17);
  const auto connected = deployment.json({"shadow", "deflate", "alice"});
  CHECK(connected.code == 2);
  CHECK_THAT(connected.err, test::Contains("is no shadow: it is connected"));
  CHECK(deployment.json({"shadow", "start", "alice"}).code == 2);
  CHECK(deployment.json({"--dry-run", "shadow", "inflate", "alice", "--stage", "hlf"}).code == 2);
}

TEST_CASE("A2, B4: a shadow that waits paused or saved is not captured, and it is said why") {
  const Deployment deployment;
  add_shadow(deployment, "default-1", "alice");
  for (const auto power : {domain::Power::paused, domain::Power::saved}) {
    deployment.state().instances.set_power("default-1", power);
    const auto refused = deployment.json({"persona", "capture", "alice"});
    CHECK(refused.code == 2);
    CHECK_THAT(refused.err, test::Contains("default-1 of alice is " + std::string(to_string(power))));
  }
}
