// C4: rules of scaling as administrators see them.
#include "history/recorder.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

const char* rules = R"(
[pool.default]
[scale.busy]
above_percent = 80
minutes = 5
)";

void record_use(const Deployment& deployment, const std::string& user, double cpus) {
  history::Store store(deployment.state_dir() / "history.sqlite", history::Store::Access::create);
  history::Recorder recorder(store);
  const auto now = std::chrono::system_clock::now();
  for (const int minutes : {6, 3, 0}) {
    domain::Sample sample{user, now - std::chrono::minutes(minutes)};
    sample[domain::Metric::cpu] = cpus;
    recorder.take(sample);
  }
  recorder.commit();
}

// One vCPU of four, connected an hour ago.
void add_desktop(const Deployment& deployment) {
  const auto store = deployment.state();
  test::add_instance(store, "default-1", domain::InstanceState::connected, "alice");
  store.db().execute(
      "UPDATE instances SET vcpus = 1, minimal_vcpus = 1, full_vcpus = 4, changed_at = changed_at - 3600 * "
      "1000000000");
}

}  // namespace

TEST_CASE("C4: what rules would change is shown with its reason, and nothing moves when it is only asked") {
  const Deployment deployment(rules);
  add_desktop(deployment);
  CHECK(deployment.json({"scale", "run"}).json.at("desktops").empty());
  record_use(deployment, "alice", 0.95);
  const auto would = deployment.json({"--dry-run", "scale", "run"});
  CHECK(would.code == 0);
  const auto desktop = would.json.at("desktops").at(0);
  CHECK(desktop.at("user") == "alice");
  CHECK(desktop.at("vcpus") == 2);
  CHECK(desktop.at("reasons").at(0) ==
        "scale.busy: cpu at 95 % of what it has, above 80 % for 5 minutes: cpus 1 to 2");
  CHECK(deployment.state().instances.get("default-1").allocation.vcpus == 1);
}

TEST_CASE("C4: where nothing moves that is said, and an unknown pool is refused") {
  const Deployment deployment(rules);
  const auto said = deployment.run({"scale", "run"});
  CHECK(said.code == 0);
  CHECK_THAT(said.out, test::Contains("no desktop moves") && test::Contains("no pool moves"));
  CHECK(deployment.json({"scale", "run", "nowhere"}).code == 17);
}
