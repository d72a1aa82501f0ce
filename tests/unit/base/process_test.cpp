#include "base/process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/file_lock.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom::base;

TEST_CASE("a process's output, input and status come back") {
  ProcessOptions options;
  options.input = std::string(300'000, 'x');  // more than a pipe holds
  const auto result = run_process({"sh", "-c", "cat | wc -c; echo oops >&2; exit 7"}, options);
  CHECK(result.exit_code == 7);
  CHECK(result.out == "300000\n");
  CHECK(result.err == "oops\n");
}

TEST_CASE("a process that does not end is killed at its time limit") {
  ProcessOptions options;
  options.timeout = std::chrono::milliseconds(100);
  CHECK_THROWS_AS(run_process({"sleep", "100"}, options), Error);
}

TEST_CASE("a process inherits no files but the standard ones") {
  const int leaky = ::dup(1);  // as a library may leave one
  CHECK(run_process({"sh", "-c", "echo >&" + std::to_string(leaky)}).exit_code != 0);
  ::close(leaky);
}

TEST_CASE("output past the limit is cut") {
  ProcessOptions options;
  options.output_limit_bytes = 10;
  CHECK(run_process({"sh", "-c", "yes | head -c 1000000"}, options).out.size() == 10);
}

TEST_CASE("a program that is not there is named") {
  CHECK_THROWS_WITH(run_process({"no-such-program-here"}), deskloom::test::Contains("no-such-program-here"));
}

TEST_CASE("identity tells a living process from a dead one and a reused pid") {
  CHECK(is_alive(this_process()));
  auto reused = this_process();
  reused.start_ticks += 1;
  CHECK_FALSE(is_alive(reused));
  auto rebooted = this_process();
  rebooted.boot_id = "another";
  CHECK_FALSE(is_alive(rebooted));
}

TEST_CASE("a lock names its holder to whoever waits, and ends with its process") {
  const deskloom::test::TempDir dir;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const FileLock lock(dir / "lock", std::chrono::seconds(5));
    static_cast<void>(::write(ready[1], "x", 1));
    ::pause();
  }
  char byte;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK_THROWS_WITH(FileLock(dir / "lock", std::chrono::milliseconds(50)),
                    deskloom::test::Contains(std::to_string(child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK_NOTHROW(FileLock(dir / "lock", std::chrono::milliseconds(50)));
}
