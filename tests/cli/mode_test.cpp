// What users are at for a time (SPEC A9).
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Contains;
using test::Deployment;

namespace {

constexpr const char* policy = R"(
[application.kdenlive]
executable = "*/kdenlive"
[mode.video-editing]
applications = ["kdenlive"]
cpus = 4
[mode.light-browsing]
)";

std::string refusal_of(const test::Outcome& run) { return run.json["error"]["message"]; }

}  // namespace

TEST_CASE("a mode is set with its end, shown, replaced and ended") {
  const Deployment deployment(policy);
  CHECK(deployment.json({"persona", "mode", "ann"}).json["mode"].is_null());
  const auto set = deployment.json({"persona", "mode", "ann", "video-editing", "--until", "2190-01-01"});
  INFO(set.err);
  REQUIRE(set.code == 0);
  CHECK(set.json["mode"] == "video-editing");
  CHECK(set.json["applications"] == base::Json{"kdenlive"});
  CHECK_FALSE(set.json["set_by"].get<std::string>().empty());
  const auto shown = deployment.json({"persona", "mode", "ann"});
  CHECK(shown.json["until"] == set.json["until"]);
  CHECK(shown.json["earlier"].empty());
  CHECK(deployment.json({"persona", "mode", "ann", "light-browsing", "--until", "2190-01-01"}).code == 0);
  const auto replaced = deployment.json({"persona", "mode", "ann"});
  CHECK(replaced.json["mode"] == "light-browsing");
  CHECK(replaced.json["earlier"][0]["mode"] == "video-editing");
  CHECK(deployment.json({"persona", "mode", "ann", "--clear"}).json["mode"].is_null());
  const auto cleared = deployment.json({"persona", "mode", "ann"});
  CHECK(cleared.json["mode"].is_null());
  CHECK(cleared.json["earlier"].size() == 2);
  CHECK_THAT(deployment.run({"persona", "mode", "ann"}).out, Contains("light-browsing"));
}

TEST_CASE("a mode that cannot be is refused, and changes nothing") {
  const Deployment deployment(policy);
  const auto misspelt = deployment.json({"persona", "mode", "ann", "video-editng", "--until", "2190-01-01"});
  CHECK(misspelt.code == 17);
  CHECK_THAT(misspelt.json["error"]["hint"].get<std::string>(), Contains("video-editing"));
  const auto over = deployment.json({"persona", "mode", "ann", "video-editing", "--until", "2020-01-01"});
  CHECK(over.code == 2);
  CHECK_THAT(refusal_of(over), Contains("2020-01-01 is over"));
  CHECK_THAT(refusal_of(deployment.json({"persona", "mode", "ann", "video-editing"})),
             Contains("until when"));
  CHECK(deployment.json({"persona", "mode", "ann", "video-editing", "--until", "soon"}).code == 2);
  CHECK(deployment.json({"persona", "mode", "", "--clear"}).code == 2);
  CHECK(deployment.json({"persona", "mode", "ann", "--clear", "--until", "2190-01-01"}).code == 2);
  CHECK(deployment.json({"persona", "mode", "ann"}).json["earlier"].empty());
  const auto none = Deployment().json({"persona", "mode", "ann", "writing", "--until", "2190-01-01"});
  CHECK_THAT(none.json["error"]["hint"].get<std::string>(), Contains("[mode.NAME]"));
}
