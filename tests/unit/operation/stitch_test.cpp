// SPEC A7, B2, I1, I2: a stitch that is killed, or runs out of disk, is finished by the next assign. The host
// is a fake; what runs in the guest is the real helper, behind a socket pair.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.hpp"
#include "operation/assign.hpp"
#include "operation/provision.hpp"
#include "persona/profile.hpp"
#include "support/anns_guests.hpp"
#include "support/catch.hpp"
#include "support/small_disk.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using domain::InstanceState;
using test::TempDir;
using test::TempWorld;

namespace {

namespace peers = guest::test;

// Keeps its argv and waits without a child; "plan.txt" is its open document.
constexpr const char* app_script =
    "[ -p .pipe ] || mkfifo .pipe\n"
    "exec 7<>.pipe 9>>plan.txt\n"
    "read -r forever <&7\n";

std::vector<std::string> app_argv(const peers::TestUser& ann) { return {"/bin/sh", ann.home() / "app"}; }

std::function<void()> at_call(int nth, const std::function<void()>& what) {
  return [nth, what, seen = 0]() mutable {
    if (++seen == nth) what();
  };
}

persona::Profile profile_of(const peers::TestUser& ann) {
  persona::Process app;
  app.application = "app";
  app.program = ann.home() / "app";
  app.argv = app_argv(ann);
  app.cwd = ann.home();
  app.open_files = {{ann.home() / "plan.txt", true}};
  app.relaunch = true;
  persona::Profile profile;
  profile.user = "ann";
  profile.home = ann.home();
  profile.processes = {app};
  return profile;
}

void put_snapshot(TempWorld& world, const peers::TestUser& ann) {
  auto& store = world.world().snapshots();
  base::NoProgress progress;
  const auto writer = store.begin(progress);
  test::FakeTree tree;
  tree.file("app", app_script).file("plan.txt", "Monday\n").directory("Documents");
  tree.file("Documents/photo", test::noise(300'000));
  std::vector<snapshot::Skipped> skipped;
  writer->put_tree("tree", tree, nullptr, skipped);
  test::StringSource profile(to_json(profile_of(ann)).dump());
  writer->put_stream("profile", profile);
  const auto committed = writer->commit(base::Json::object({{"user", "ann"}}), world.world().clock.now());
  domain::SnapshotRecord record;
  record.id = committed.id;
  record.user = "ann";
  record.created_at = committed.created_at;
  record.layers = {"tree", "profile"};
  world.state().users.ensure("ann", record.created_at);
  world.state().snapshots.put(record);
}

// One ghost, and a persona of ann's that was captured elsewhere.
void prepare(const std::filesystem::path& directory, const peers::TestUser& ann) {
  TempWorld world(directory);
  operation::provision(world.world(), world.pool(), "local", "test");
  put_snapshot(world, ann);
}

std::vector<pid_t> running_apps(const peers::TestUser& ann) {
  peers::Helper helper(ann);
  std::vector<pid_t> pids;
  for (const auto& process : helper.client().report("ann", {}, {}).processes) {
    if (process.argv == app_argv(ann)) pids.push_back(static_cast<pid_t>(process.pid));
  }
  return pids;
}

void end_apps(const peers::TestUser& ann) {
  for (const pid_t pid : running_apps(ann)) ::kill(pid, SIGKILL);
}

// Runs body in a process and waits until the helpers that it started have ended too, as the port of a real
// guest does: it opens for one helper at a time.
int in_process(const std::function<void()>& body) {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const base::UniqueFd reading(ends[0]);
  base::UniqueFd writing(ends[1]);
  const int status = test::in_process(body);
  writing.reset();
  char byte = 0;
  CHECK(::read(reading.get(), &byte, 1) == 0);
  return status;
}

// The next command of anybody: ann has one instance, with all of her persona, and nothing is left over.
void check_next_assign(const std::filesystem::path& directory, const peers::TestUser& ann) {
  TempWorld world(directory);
  const test::AnnsGuests guests(world, ann);
  const auto assigned = operation::assign(world.world(), {"ann", std::nullopt, std::nullopt});
  CHECK(assigned.instance.state == InstanceState::persona_applied_available);
  CHECK(peers::read_text(ann.home() / "plan.txt") == "Monday\n");
  CHECK(peers::read_text(ann.home() / "Documents" / "photo") == test::noise(300'000));
  CHECK(running_apps(ann).size() == 1);
  CHECK(world.state().instances.list({.user = "ann"}).size() == 1);
  CHECK(world.state().operations.running().empty());
  CHECK(world.state().check().empty());
}

}  // namespace

TEST_CASE(
    "a stitch killed at any call is finished by the next assign, with one instance and one application") {
  for (int nth = 1;; ++nth) {
    CAPTURE(nth);
    const TempDir dir;
    const peers::TestUser ann;
    prepare(dir.path(), ann);
    const int status = in_process([&] {
      TempWorld killed(dir.path());
      const test::AnnsGuests guests(killed, ann, at_call(nth, [] { ::raise(SIGKILL); }));
      operation::assign(killed.world(), {"ann", std::nullopt, std::nullopt});
      end_apps(ann);
    });
    if (!WIFSIGNALED(status)) {
      REQUIRE(status == 0);
      REQUIRE(nth > 20);
      break;
    }
    check_next_assign(dir.path(), ann);
    end_apps(ann);
  }
}

TEST_CASE("a stitch that fills the state store's disk loses nothing, and the next assign finishes it") {
  if (!test::SmallDisk::possible()) return;
  for (const int nth : {1, 12, 24}) {
    CAPTURE(nth);
    const test::SmallDisk disk("8m");
    const peers::TestUser ann;
    prepare(disk.path(), ann);
    const int status = in_process([&] {
      TempWorld hit(disk.path());
      const test::AnnsGuests guests(hit, ann, at_call(nth, [&] { disk.fill(); }));
      CHECK_THROWS_AS(operation::assign(hit.world(), {"ann", std::nullopt, std::nullopt}), base::Error);
    });
    REQUIRE(status == 0);
    disk.free();
    check_next_assign(disk.path(), ann);
    end_apps(ann);
  }
}
