// G1: application personas on the command line.
#include <filesystem>

#include "base/fd.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

const std::filesystem::path examples = DESKLOOM_SOURCE_DIR "/config/personas";

// A deployment whose directory of application personas holds the examples.
void install_examples(const Deployment& deployment) {
  std::filesystem::copy(examples, deployment.state_dir() / "app-personas");
}

}  // namespace

TEST_CASE("G1: the examples that ship are valid, are listed and shown") {
  const Deployment deployment;
  install_examples(deployment);
  const auto checked = deployment.json({"app", "check"});
  CHECK(checked.code == 0);
  CHECK(checked.json["problems"].empty());
  CHECK(checked.json["files"].size() >= 3);
  const auto listed = deployment.json({"app", "list"});
  CHECK(listed.json["personas"][0]["persona"] == "ticket-desk");
  CHECK(listed.json["personas"][1]["roles"] == base::Json{"editor", "designer"});
  const auto shown = deployment.json({"app", "show", "writer-office"});
  CHECK(shown.code == 0);
  CHECK(shown.json["app_id"] == "writer");
  CHECK(shown.json["predicted_usage_pattern"]["hourly"].size() == 24);
}

TEST_CASE(
    "G1: a document that is wrong is said with file, place and what was expected, and nothing else is "
    "hidden") {
  const Deployment deployment;
  const auto file = deployment.directory() / "new.json";
  base::write_file_durably(file,
                           R"({"persona_id": "a", "app_id": "b", "resource_profile": {"cpus": "two"}})");
  const auto checked = deployment.json({"app", "check", file, examples / "ticket-desk.json"});
  CHECK(checked.code == 2);
  CHECK(checked.json["files"][0]["valid"] == false);
  CHECK(checked.json["files"][1]["valid"] == true);
  CHECK(checked.json["problems"].size() == 4);
  CHECK(checked.json["problems"][0]["file"] == file.string());
  CHECK(checked.json["problems"][0]["pointer"] == "/resource_profile/cpus");
  CHECK_THAT(deployment.run({"app", "check", file}).out, test::Contains("must be an integer from 1 to 1024"));
  CHECK(deployment.json({"app", "check", deployment.directory() / "absent.json"}).code == 2);
}

TEST_CASE("G1: an id that is not there is not found, and the nearest is named") {
  const Deployment deployment;
  CHECK(deployment.json({"app", "show", "writer-office"}).code == 17);
  CHECK_THAT(deployment.run({"app", "list"}).out, test::Contains("no application personas in"));
  install_examples(deployment);
  const auto said = deployment.json({"app", "show", "writer-ofice"});
  CHECK(said.code == 17);
  CHECK(said.json["error"]["hint"] == "did you mean 'writer-office'?");
}
