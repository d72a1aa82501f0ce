#include <unistd.h>

#include "base/process.hpp"
#include "real/fleet_checks.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace std::chrono_literals;

namespace {

// A libvirtd of scripts/lab, there for one test.
class LabHost {
 public:
  explicit LabHost(const std::filesystem::path& directory) : directory_(directory) {
    base::ProcessOptions options;
    options.timeout = 120s;
    const auto up = base::run_process({DESKLOOM_LAB, "up", "1", directory_}, options);
    INFO(up.err);
    REQUIRE(up.exit_code == 0);
    uri_ = up.out.substr(0, up.out.find('\n'));
  }
  ~LabHost() { base::run_process({DESKLOOM_LAB, "down", directory_}); }
  LabHost(const LabHost&) = delete;
  LabHost& operator=(const LabHost&) = delete;
  const std::string& uri() const { return uri_; }

 private:
  std::string directory_;
  std::string uri_;
};

}  // namespace

TEST_CASE("a libvirtd host runs instances as an embedded one does") {
  if (::geteuid() != 0) {
    WARN("skipped: scripts/lab needs root");
    return;
  }
  // In a chroot whose root is no mount point, no mount namespace can be made private.
  if (base::run_process({"unshare", "-m", "true"}).exit_code != 0) {
    WARN("skipped: this machine cannot make a mount namespace for scripts/lab");
    return;
  }
  const test::TempDir directory;
  const LabHost host(directory / "lab");
  const auto runtime = fleet::open_runtime(test::lab_target(directory.path(), host.uri()));
  test::FleetGuest guest(*runtime, directory.path(), "desk-1");
  guest.boot();
  guest.start();  // again is nothing
  test::check_exec(guest);
  test::check_write_file(guest);
  test::check_channel_echo(guest);
  test::check_channel_throughput(guest);
  test::check_display(guest);
  test::check_silent_channel(guest);
  test::check_destroy_leaves_nothing(guest);
  CHECK(runtime->running().empty());
}
