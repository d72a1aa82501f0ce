#include "real/fleet_checks.hpp"
#include "real/lab_host.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;

TEST_CASE("a libvirtd host runs instances as an embedded one does") {
  if (!test::lab_works()) return;
  const test::TempDir directory;
  const test::LabHost host(directory / "lab");
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
