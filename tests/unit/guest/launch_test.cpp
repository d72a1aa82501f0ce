#include <signal.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/guest_peers.hpp"

using namespace deskloom::guest;
using namespace deskloom::guest::test;

namespace {

Launch shell(const std::string& script) {
  Launch launch;
  launch.user = "ann";
  launch.argv = {"sh", "-c", script};
  launch.wait_ms = 2000;
  return launch;
}

}  // namespace

TEST_CASE("a launched program runs as the user, in its own session, and outlives the helper") {
  const TestUser user;
  write_text(user.home() / "document", "x");
  user.own_home();
  Helper helper(user);
  const auto document = (user.home() / "document").string();
  auto launch = shell("exec 9<\"$DOCUMENT\"; id -u >uid; pwd >cwd; exec sleep 60");
  launch.cwd = user.home();
  launch.environment = {{"DOCUMENT", document}};
  launch.expected_files = {document};
  const auto result = helper.client().launch(launch);
  CHECK(result.running);
  CHECK(result.missing_files.empty());
  CHECK(result.reason.empty());
  CHECK(read_text(user.home() / "uid") == std::to_string(user.uid()) + "\n");
  CHECK(read_text(user.home() / "cwd") == user.home().string() + "\n");
  const auto pid = static_cast<pid_t>(result.pid);
  CHECK(::getsid(pid) == pid);
  CHECK(helper.hang_up() == 0);
  CHECK(::kill(pid, 0) == 0);
  ::kill(pid, SIGKILL);
}

TEST_CASE("a program that ends at once is told with its last words") {
  const TestUser user;
  Helper helper(user);
  const auto result = helper.client().launch(shell("echo first >&2; echo cannot open display >&2; exit 3"));
  CHECK_FALSE(result.running);
  CHECK(result.reason == "exited with status 3: cannot open display");
}

TEST_CASE("a program that is not there is told") {
  const TestUser user;
  Helper helper(user);
  auto launch = shell("");
  launch.argv = {"no-such-program"};
  const auto result = helper.client().launch(launch);
  CHECK_FALSE(result.running);
  CHECK(result.reason.find("no-such-program") != std::string::npos);
}

TEST_CASE("an expected file that is not open when the wait ends is named") {
  const TestUser user;
  Helper helper(user);
  auto launch = shell("exec sleep 60");
  launch.wait_ms = 300;
  launch.expected_files = {"/somewhere/else"};
  const auto result = helper.client().launch(launch);
  CHECK(result.running);
  CHECK(result.missing_files == launch.expected_files);
  ::kill(static_cast<pid_t>(result.pid), SIGKILL);
}

TEST_CASE("a starter that ends and leaves the program behind counts as running") {
  const TestUser user;
  Helper helper(user);
  const auto result = helper.client().launch(shell("sleep 60 & exit 0"));
  CHECK(result.running);
  REQUIRE(result.pid > 1);
  CHECK(::kill(static_cast<pid_t>(result.pid), SIGKILL) == 0);
}

TEST_CASE("a command's status and output come back, cut at 64 KiB") {
  const TestUser user;
  Helper helper(user);
  const auto result = helper.client().run("ann", {"sh", "-c", "id -u; echo bad >&2; exit 7"}, 5000);
  CHECK(result.exit_code == 7);
  CHECK(result.output == std::to_string(user.uid()) + "\nbad\n");
  CHECK(helper.client().run("ann", {"head", "-c", "200000", "/dev/zero"}, 5000).output.size() == 64 << 10);
}

TEST_CASE("a command that does not end in time is killed, one that leaves a daemon is not waited for") {
  const TestUser user;
  Helper helper(user);
  CHECK_THROWS_AS(helper.client().run("ann", {"sleep", "60"}, 200), deskloom::base::Error);
  const auto result = helper.client().run("ann", {"sh", "-c", "sleep 3 & echo started"}, 2000);
  CHECK(result.output == "started\n");
}
