// The server of one volume, as a process that outlives who started it (SPEC A8).
#include "fleet/volume_server.hpp"

#include <signal.h>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using fleet::VolumeServer;

namespace {

const std::vector<std::string> some_disk{"nbdkit", "--readonly", "null", "size=1M"};

// Ended with the test, however that ends.
struct Served {
  test::TempDir directory;
  VolumeServer server{directory.path(), "persona"};
  ~Served() { server.end(); }

  std::filesystem::path pid_file() const { return directory / "persona.nbd.pid"; }
  pid_t pid() const { return std::stoi(base::read_file(pid_file(), 100)); }
};

}  // namespace

TEST_CASE("A8: a server is started once, answers, and is gone when it is ended") {
  const Served served;
  served.server.start(some_disk, false);
  const pid_t first = served.pid();
  served.server.start(some_disk, false);
  CHECK(served.pid() == first);
  const auto seen = base::run_process(
      {"qemu-img", "info", "-f", "raw", "nbd+unix:///?socket=" + served.server.socket().string()});
  CHECK_THAT(seen.out, test::Contains("1 MiB"));
  served.server.end();
  CHECK_FALSE(served.server.is_alive());
  CHECK(std::filesystem::is_empty(served.directory.path()));
  served.server.end();
}

TEST_CASE("A8: a server that was killed is started anew, and one of its number that is another's is left") {
  const Served served;
  served.server.start(some_disk, false);
  ::kill(served.pid(), SIGKILL);
  while (served.server.is_alive()) {
  }
  CHECK(std::filesystem::exists(served.server.socket()));
  // The number has gone to somebody else: this test.
  base::write_file_durably(served.pid_file(), std::to_string(::getpid()) + "\n");
  CHECK_FALSE(served.server.is_alive());
  served.server.start(some_disk, false);
  CHECK(served.server.is_alive());
  CHECK(served.pid() != ::getpid());
}

TEST_CASE("A8: what keeps a server from starting is said") {
  const Served served;
  try {
    served.server.start({"nbdkit", "--readonly", "null", "size=none"}, false);
    FAIL("it started");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::failed);
    CHECK_THAT(error.what(), test::Contains("none"));
  }
  CHECK_FALSE(served.server.is_alive());
}

TEST_CASE("A8: a directory whose name leaves no room for a socket's is refused") {
  try {
    const VolumeServer server("/" + std::string(100, 'x'), "persona");
    FAIL("it was taken");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    CHECK_THAT(error.hint(), test::Contains("state_dir"));
  }
}

TEST_CASE("A8: the servers of an instance end with it") {
  const Served served;
  served.server.start(some_disk, false);
  fleet::end_volume_servers(served.directory.path());
  CHECK_FALSE(served.server.is_alive());
  CHECK_NOTHROW(fleet::end_volume_servers(served.directory / "nowhere"));
}
