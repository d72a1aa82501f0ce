#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.hpp"
#include "processes.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using namespace std::chrono_literals;

namespace {

// A process that takes the lease, says so through a pipe, and then waits to be killed.
pid_t start_holder(const std::filesystem::path& file, const std::string& name) {
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t pid = test::start_process([&] {
    const state::Store store(file, state::Store::Access::write);
    const state::LeaseGuard guard(store.leases, name, "session assign alice", 0ms);
    if (::write(ready[1], "x", 1) != 1) return 1;
    ::pause();
    return 0;
  });
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return pid;
}

}  // namespace

TEST_CASE("a lease that a living process holds is refused, and its holder named") {
  const test::TempStore temp;
  const pid_t holder = start_holder(temp.file, "user:alice");
  int waits = 0;
  try {
    const state::LeaseGuard guard(temp.store.leases, "user:alice", "persona capture", 30ms,
                                  [&](const std::string&) { ++waits; });
    FAIL("taken");
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::locked);
    CHECK(std::string(e.what()) ==
          "user:alice is held by process " + std::to_string(holder) + ", session assign alice");
  }
  CHECK(waits >= 1);
  ::kill(holder, SIGKILL);
  test::exit_code_of(holder);
}

TEST_CASE("the lease of a killed process is taken over at once") {
  const test::TempStore temp;
  const pid_t holder = start_holder(temp.file, "user:alice");
  ::kill(holder, SIGKILL);
  CHECK(test::exit_code_of(holder) == 128 + SIGKILL);
  const state::LeaseGuard guard(temp.store.leases, "user:alice", "persona capture", 0ms);
  CHECK(temp.store.leases.holder("user:alice") ==
        "process " + std::to_string(::getpid()) + ", persona capture");
}

TEST_CASE("a dead process's lease is taken over by one of many") {
  const test::TempStore temp;
  const pid_t holder = start_holder(temp.file, "pool:office");
  ::kill(holder, SIGKILL);
  test::exit_code_of(holder);
  int gate[2];
  REQUIRE(::pipe(gate) == 0);
  // Winners stay alive until every process has tried, so that nobody takes over from a winner.
  std::vector<pid_t> pids;
  int tried[2];
  REQUIRE(::pipe(tried) == 0);
  for (int i = 0; i < 8; ++i) {
    pids.push_back(test::start_process([&] {
      const state::Store store(temp.file, state::Store::Access::write);
      const bool won = store.leases.try_acquire("pool:office", base::this_process(), "pool apply");
      char byte = 0;
      if (::write(tried[1], "x", 1) != 1 || ::read(gate[0], &byte, 1) != 1) return 2;
      return won ? 0 : 1;
    }));
  }
  char byte = 0;
  for (int i = 0; i < 8; ++i) REQUIRE(::read(tried[0], &byte, 1) == 1);
  REQUIRE(::write(gate[1], "xxxxxxxx", 8) == 8);
  std::vector<int> codes;
  for (const pid_t pid : pids) codes.push_back(test::exit_code_of(pid));
  CHECK(std::count(codes.begin(), codes.end(), 0) == 1);
  CHECK(std::count(codes.begin(), codes.end(), 1) == 7);
  for (const int fd : {gate[0], gate[1], tried[0], tried[1]}) ::close(fd);
}

TEST_CASE("a guard frees its lease, and only its own") {
  const test::TempStore temp;
  const auto me = base::this_process();
  { const state::LeaseGuard guard(temp.store.leases, "instance:x", "test", 0ms); }
  CHECK(temp.store.leases.holder("instance:x") == "nobody");
  CHECK(temp.store.leases.try_acquire("instance:x", me, "test"));
  base::ProcessIdentity other = me;
  other.boot_id = "another boot";
  temp.store.leases.release("instance:x", other);
  CHECK_FALSE(temp.store.leases.try_acquire("instance:x", me, "test"));
}

TEST_CASE("a lease from before a reboot is free") {
  const test::TempStore temp;
  base::ProcessIdentity before = base::this_process();
  before.boot_id = "another boot";
  CHECK(temp.store.leases.try_acquire("instance:x", before, "test"));
  CHECK(temp.store.leases.try_acquire("instance:x", base::this_process(), "test"));
}
