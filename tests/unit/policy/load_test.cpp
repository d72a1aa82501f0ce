#include "policy_files.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::load_text;

TEST_CASE("without any file there is one embedded host and one pool of tiny desktops") {
  const auto policy = test::PolicyFiles().load();
  CHECK(policy.files.empty());
  CHECK(policy.host("local").uri == "embedded");
  CHECK(policy.hosts.size() == 1);
  CHECK(policy.pool("default").image == "tiny");
  CHECK(policy.pool("default").floor == 2);
  CHECK(policy.state_dir == "/s");
  CHECK(policy.image_dir == "/s/images");
  CHECK(policy.snapshot_store == "/s/store");
  CHECK(policy.app_persona_dir == "/s/app-personas");
}

TEST_CASE("a host or pool that a file names replaces the built-in ones") {
  const auto policy = load_text("[host.desk1]\nuri = \"qemu:///system\"\n[pool.office]\nmemory = \"2GiB\"\n");
  CHECK(policy.hosts.size() == 1);
  CHECK(policy.host("desk1").uri == "qemu:///system");
  CHECK(policy.pools.size() == 1);
  CHECK(policy.pool("office").memory_bytes == 2ULL << 30);
  CHECK(policy.pool("office").floor == 0);
}

TEST_CASE("G3: a host is shown by what it is reached by") {
  const auto policy = load_text(
      "[host.a]\nuri = \"qemu:///system\"\n[host.b]\nengine = \"podman\"\n[host.c]\nengine = \"kubernetes\"\n"
      "context = \"desks\"\nnamespace = \"desktops\"\n[host.d]\nengine = \"kubernetes\"\n");
  CHECK(policy::address(policy.host("a")) == "qemu:///system");
  CHECK(policy::address(policy.host("b")) == "podman");
  CHECK(policy::address(policy.host("c")) == "kubernetes:desks/desktops");
  CHECK(policy::address(policy.host("d")) == "kubernetes");
}

TEST_CASE("files in conf.d are merged key by key, the last name wins") {
  const test::PolicyFiles files;
  files.write("deskloom.toml", "lock_timeout = 1\n[pool.office]\nfloor = 1\nmax = 9\n");
  files.write("conf.d/50-b.toml", "[pool.office]\nfloor = 3\n");
  files.write("conf.d/10-a.toml", "[pool.office]\nfloor = 2\n[capture]\ntimeout = 5\n");
  files.write("conf.d/90-ignored.txt", "not TOML");
  const auto policy = files.load();
  CHECK(policy.files.size() == 3);
  CHECK(policy.pool("office").floor == 3);
  CHECK(policy.pool("office").max == 9);
  CHECK(policy.capture.timeout_s == 5);
  CHECK(policy.lock_timeout_s == 1);
}

TEST_CASE("an application that a later file changes stays one application") {
  const test::PolicyFiles files;
  files.write("deskloom.toml", "[application.writer]\nexecutable = \"*/soffice.bin\"\n");
  files.write("conf.d/x.toml",
              "[application.writer]\nrelaunch = false\n[application.vi]\nexecutable = \"*/vi\"\n");
  const auto policy = files.load();
  REQUIRE(policy.applications.size() == 2);
  CHECK(policy.applications[0].executable == "*/soffice.bin");
  CHECK_FALSE(policy.applications[0].relaunch);
}

TEST_CASE("the file named on the command line is read alone, and must exist") {
  const test::TempDir dir;
  policy::Sources sources;
  sources.config = dir / "mine.toml";
  CHECK_THROWS_AS(policy::load(sources), base::Error);
}

TEST_CASE("the state directory: command line, then policy, then the user's own") {
  CHECK(load_text("state_dir = \"/elsewhere\"").state_dir == "/s");
  CHECK(policy::default_state_dir(true, "/x", "/home/a") == "/var/lib/deskloom");
  CHECK(policy::default_state_dir(false, "/x", "/home/a") == "/x/deskloom");
  CHECK(policy::default_state_dir(false, "relative", "/home/a") == "/home/a/.local/state/deskloom");
  CHECK_THROWS_AS(policy::default_state_dir(false, "", ""), base::Error);
}

TEST_CASE("asking for a pool that is not there names the nearest") {
  try {
    load_text("[pool.office]").pool("ofice");
    FAIL("found");
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::not_found);
    CHECK(e.hint() == "did you mean 'office'?");
  }
}

TEST_CASE("the effective policy is shown with the keys and values of the files") {
  const auto json = policy::to_json(load_text("[pool.office]\nmemory = \"1536MiB\"\nusers = [\"a*\"]\n"));
  CHECK(json["pool"]["office"]["memory"] == "1536MiB");
  CHECK(json["pool"]["office"]["users"] == base::Json{"a*"});
  CHECK(json["host"]["local"]["instance_dir"].is_null());
  CHECK(json["state_dir"] == "/s");
}

TEST_CASE("B3, C5: money is a number with or without a fraction, and unset where prices decide") {
  const auto policy = load_text(
      "[pool.office]\nwait_cost = 2\n[pool.lab]\nidle_cost = 0.5\n"
      "[price.night]\ncpu_hour = 0.25\nfrom = \"20:00\"\n[spot]\nfile = \"/run/spot.csv\"\n");
  CHECK(policy.pool("office").wait_cost == 2);
  CHECK_FALSE(policy.pool("office").idle_cost);
  CHECK(policy.pool("lab").idle_cost == 0.5);
  CHECK(policy.prices.at("night").cpu_hour == 0.25);
  CHECK(policy.prices.at("night").from == "20:00");
  CHECK_FALSE(policy.prices.at("night").days);
  CHECK(policy.spot.file == "/run/spot.csv");
}
