#include <filesystem>
#include <fstream>
#include <map>

#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

constexpr const char* far_host =
    "[host.far]\nuri = \"qemu+unix:///system?socket=/nonexistent/libvirt-sock\"\n"
    "[pool.default]\nimage = \"tiny\"\nfloor = 1\n";

}  // namespace

TEST_CASE("a host that does not answer is unreachable, and remembered so") {
  const Deployment deployment(far_host);
  const auto probed = deployment.json({"host", "probe"});
  CHECK(probed.code == 12);
  REQUIRE(probed.json["hosts"].size() == 1);
  CHECK(probed.json["hosts"][0]["reachable"] == false);
  CHECK_THAT(probed.json["hosts"][0]["error"].get<std::string>(),
             test::Contains("/nonexistent/libvirt-sock"));

  const auto listed = deployment.json({"host", "list"});
  CHECK(listed.code == 0);
  CHECK(listed.json["hosts"][0]["reachable"] == false);
  CHECK_THAT(deployment.run({"status"}).out, test::Contains("host far"));
}

TEST_CASE("a host that was never probed says so") {
  const Deployment deployment;
  const auto listed = deployment.json({"host", "list"});
  CHECK(listed.json["hosts"][0]["reachable"].is_null());
  CHECK_THAT(listed.json["hosts"][0]["detail"].get<std::string>(), test::Contains("deskloom host probe"));
}

TEST_CASE("G3: a container host whose program is missing is unreachable, and doctor names the package") {
  const Deployment deployment(
      "[host.desk]\nengine = \"podman\"\n[host.cluster]\nengine = \"kubernetes\"\n"
      "[pool.desks]\nimage = \"desk\"\nhosts = [\"desk\"]\nfloor = 1\n");
  base::ProcessOptions options;
  options.environment = {"PATH=/nonexistent"};
  const std::vector<std::string> globals{"--config", deployment.policy_file(), "--state-dir",
                                         deployment.state_dir(), "--json"};
  const auto run = [&](std::vector<std::string> verb) {
    verb.insert(verb.begin(), globals.begin(), globals.end());
    return test::run_deskloom(verb, options);
  };
  const auto probed = run({"host", "probe", "desk"});
  CHECK(probed.code == 12);
  CHECK(probed.json["hosts"][0]["uri"] == "podman");
  CHECK_THAT(probed.json["hosts"][0]["error"].get<std::string>(),
             test::Contains("podman, which is not in PATH"));

  const auto image = deployment.directory() / "images/desk";
  std::filesystem::create_directories(image);
  std::ofstream(image / "image.json") << R"({"version": 1, "container": "localhost/desk:1"})";
  const auto applied = run({"pool", "apply", "desks"});
  CHECK(applied.code == 12);
  CHECK_THAT(applied.err, test::Contains("podman, which is not in PATH"));
  CHECK(deployment.json({"instance", "list"}).json["instances"].empty());

  const auto said = run({"doctor"});
  std::map<std::string, base::Json> checks;
  for (const auto& check : said.json["checks"]) checks[check["check"]] = check;
  CHECK_THAT(checks.at("podman")["fix"].get<std::string>(), test::Contains("install the package podman"));
  CHECK_THAT(checks.at("kubectl")["fix"].get<std::string>(), test::Contains("kubernetes-client"));
  CHECK(checks.at("host cluster")["verdict"] == "failure");
  CHECK_FALSE(checks.contains("qemu-img"));  // no host asks for it
}

TEST_CASE("an unknown host is not found, and the nearest is named") {
  const Deployment deployment(far_host);
  const auto said = deployment.json({"host", "probe", "fra"});
  CHECK(said.code == 17);
  CHECK_THAT(said.json["error"]["hint"].get<std::string>(), test::Contains("far"));
}

TEST_CASE("pool apply without the pool's image names it, the script that makes one, and makes nothing") {
  const Deployment deployment("[pool.default]\nimage = \"absent\"\nfloor = 1\n");
  const auto said = deployment.json({"pool", "apply"});
  CHECK(said.code == 17);
  CHECK_THAT(said.err, test::Contains("absent"));
  CHECK_THAT(said.err, test::Contains("scripts/build-guest"));
  const auto left = deployment.json({"instance", "list"});
  CHECK(left.json["instances"].empty());
}

TEST_CASE("doctor names what is wrong and what to do") {
  const Deployment deployment(far_host);
  const auto said = deployment.json({"doctor"});
  CHECK(said.code == 1);
  std::map<std::string, base::Json> checks;
  for (const auto& check : said.json["checks"]) checks[check["check"]] = check;
  CHECK(checks.at("policy")["verdict"] == "ok");
  CHECK(checks.at("state store")["verdict"] == "ok");
  CHECK(checks.at("host far")["verdict"] == "failure");
  CHECK(checks.at("image of pool default")["verdict"] == "failure");
  CHECK_THAT(checks.at("image of pool default")["fix"].get<std::string>(),
             test::Contains("scripts/build-guest"));
}
