#include "support/catch.hpp"
#include "support/deskloom.hpp"
#include "support/small_disk.hpp"

using namespace deskloom;
using test::add_instance;
using test::SmallDisk;
using State = domain::InstanceState;

namespace {

test::Outcome run_on(const SmallDisk& disk, std::vector<std::string> args) {
  args.insert(args.end(), {"--json", "--state-dir", disk.path() / "state"});
  return test::run_deskloom(args);
}

}  // namespace

TEST_CASE("init on a full disk says so, leaves no half store, and works once there is room") {
  if (!SmallDisk::possible()) return;
  const SmallDisk disk("64k");
  const auto said = run_on(disk, {"init"});
  CHECK(said.code == 15);
  CHECK(said.json["error"]["name"] == "no-space");
  CHECK_FALSE(std::filesystem::exists(disk.path() / "state" / "state.sqlite"));
  disk.grow("4m");
  CHECK(run_on(disk, {"init"}).code == 0);
  CHECK(run_on(disk, {"state", "check"}).code == 0);
}

TEST_CASE("a login hook on a full disk loses nothing, and works once there is room") {
  if (!SmallDisk::possible()) return;
  const SmallDisk disk("2m");
  REQUIRE(run_on(disk, {"init"}).code == 0);
  const auto file = disk.path() / "state" / "state.sqlite";
  add_instance(state::Store(file, state::Store::Access::write), "default-1", State::persona_applied_available,
               "alice");
  disk.fill();
  CHECK(run_on(disk, {"session", "connect", "alice"}).code == 15);

  disk.free();
  const auto listed = run_on(disk, {"session", "list"});
  CHECK(listed.code == 0);
  CHECK(listed.json["sessions"][0]["state"] == "persona-applied-available");
  CHECK(run_on(disk, {"state", "check"}).code == 0);
  CHECK(run_on(disk, {"session", "connect", "alice"}).json["state"] == "connected");
}
