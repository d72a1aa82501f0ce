// Networks as an administrator trains them (SPEC D4), where LibTorch was there to build deskloom-predict.
#include <filesystem>
#include <map>

#include "base/process.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Contains;
using test::Deployment;

namespace {

const std::string monday = "2026-05-11T04:00:00Z";  // after the last day

const auto trainer = std::filesystem::path(DESKLOOM_PROGRAM).parent_path() / "deskloom-predict";

bool is_trainer_built() { return std::filesystem::exists(trainer); }

void import_trace(const Deployment& deployment, const std::vector<std::string>& kinds) {
  const auto trace = deployment.directory() / "trace";
  REQUIRE(base::run_process(
              {DESKLOOM_SCRIPTS "/usage-trace", trace, "--users", "6", "--days", "126", "--seed", "5"})
              .exit_code == 0);
  for (const std::string& kind : kinds)
    REQUIRE(deployment.json({"event", "import", trace / (kind + ".csv"), "--type", kind}).code == 0);
}

}  // namespace

TEST_CASE("a network is trained, foretells, and is scored by its name; what cannot be trained is said") {
  const Deployment deployment("time_zone = \"Europe/Warsaw\"\n");
  import_trace(deployment, {"sessions"});
  const std::vector<std::string> train{"predict", "train", "--until", monday, "--kind", "lstm"};
  if (!is_trainer_built()) {
    const auto refused = deployment.json(train);
    CHECK(refused.code == 2);
    CHECK_THAT(refused.json["error"]["hint"].get<std::string>(), Contains("--with-torch"));
    return;
  }
  auto without_gpu = train;
  without_gpu.insert(without_gpu.end(), {"--device", "cuda"});
  const auto refused = deployment.json(without_gpu);
  CHECK(refused.code == 2);
  CHECK_THAT(refused.err, Contains("there is no GPU that LibTorch can use") && Contains("--device cpu"));
  CHECK(deployment.json({"predict", "list"}).json["models"].empty());

  auto quickly = train;
  quickly.insert(quickly.end(), {"--time-limit", "1"});
  const auto trained = deployment.json(quickly);
  INFO(trained.err);
  REQUIRE(trained.code == 0);
  CHECK_THAT(trained.err, Contains("on held-out weeks"));
  const std::string model = trained.json["model"];
  CHECK(model.starts_with("lstm-"));
  CHECK(deployment.json({"predict", "list"}).json["models"][0]["kind"] == "lstm");
  REQUIRE(deployment.json({"predict", "promote", "--always", model}).code == 0);
  const auto foretold = deployment.json({"predict", "forecast", "--at", monday, "--user", "user0000"});
  REQUIRE(foretold.code == 0);
  CHECK(foretold.json["model"] == model);
  CHECK(foretold.json["profiles"][0]["connects"] > 0);

  const auto scored = deployment.json({"predict", "evaluate", "--task", "connects", "--network", model});
  INFO(scored.err);
  REQUIRE(scored.code == 0);
  int rows = 0;
  for (const auto& row : scored.json["connects"]) rows += row["model"] == "network" ? 1 : 0;
  CHECK(rows >= 1);
  CHECK(deployment.json({"predict", "evaluate", "--network", "unheard-of"}).code == 17);
}

TEST_CASE("a network's heads are trained with it, and scored beside what they correct") {
  if (!is_trainer_built()) return;
  const Deployment deployment("time_zone = \"Europe/Warsaw\"\n");
  import_trace(deployment, {"sessions", "launches"});
  const auto network = deployment.directory() / "net.safetensors";
  const auto trained =
      base::run_process({trainer, "--config", deployment.policy_file(), "--state-dir", deployment.state_dir(),
                         "--until", "2026-04-20T00:00:00Z", "--epochs", "1", "--output", network});
  INFO(trained.err);
  REQUIRE(trained.exit_code == 0);
  CHECK_THAT(trained.err, Contains("heads.length: ") && Contains("heads.use: on held-out weeks"));

  const auto scored = deployment.json({"predict", "evaluate", "--task", "lengths,applications", "--test-from",
                                       "2026-04-20T00:00:00Z", "--network", network});
  INFO(scored.err);
  REQUIRE(scored.code == 0);
  std::map<std::string, double> losses;
  for (const auto& row : scored.json["applications_used"]) losses[row["model"]] = row["log_loss"];
  CHECK(losses.at("network") < 1.05 * losses.at("learnt mixture"));
}
