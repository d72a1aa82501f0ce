#include "base/json.hpp"
#include "base/process.hpp"
#include "real/lab_host.hpp"
#include "real/volume_copy.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using fleet::ExtentKind;

namespace {

// virsh beside us, for what no command of ours does to a guest.
class Virsh {
 public:
  explicit Virsh(const test::LabHost& host) : uri_(host.uri()) {}
  base::Json operator()(const std::string& command, const std::string& argument) const {
    const auto result = base::run_process({"virsh", "-q", "-c", uri_, command, "desk-w", argument});
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    return base::parse_json(result.out, "virsh");
  }

 private:
  std::string uri_;
};

// As a capture leaves it that is killed between freezing and thawing.
void check_frozen_guest_is_thawed(test::FleetGuest& guest, const Virsh& virsh) {
  virsh("qemu-agent-command", R"({"execute":"guest-fsfreeze-freeze"})");
  test::shell(guest, "echo thawed >/home/x; sync");
  virsh("qemu-agent-command", R"({"execute":"guest-fsfreeze-freeze"})");
  const auto volume = test::capture(guest, "", "c1");
  CHECK(volume->facts().frozen);
  volume->keep_checkpoint();
}

void drop_bitmap(const Virsh& virsh, const std::string& name) {
  const auto nodes = virsh("qemu-monitor-command", R"({"execute":"query-named-block-nodes"})");
  for (const auto& node : nodes["return"]) {
    if (!node.contains("dirty-bitmaps")) continue;
    const base::Json remove = {{"execute", "block-dirty-bitmap-remove"},
                               {"arguments", {{"node", node["node-name"]}, {"name", name}}}};
    virsh("qemu-monitor-command", remove.dump());
    return;
  }
  FAIL("no node has a dirty bitmap");
}

void check_bitmap_gone_from_qemu(test::FleetGuest& guest, const Virsh& virsh) {
  drop_bitmap(virsh, "deskloom.vda.c1");
  const auto volume = test::capture(guest, "c1", "c2");
  CHECK_FALSE(volume->facts().incremental);
  CHECK(volume->facts().mode.find("full scan: the dirty bitmap since c1 was lost: ") == 0);
  CHECK(test::bytes_of(*volume, ExtentKind::unchanged) == 0);
  volume->keep_checkpoint();
}

void take_full(test::FleetGuest& guest, test::VolumeCopy& copy) {
  const auto volume = test::capture(guest, "", "c3");
  copy.take(*volume);
  volume->keep_checkpoint();
}

void check_incremental(test::FleetGuest& guest, test::VolumeCopy& copy) {
  test::shell(guest, "head -c 3000000 /dev/urandom >/home/a");
  const auto volume = test::capture(guest, "c3", "c4");
  CHECK(test::bytes_of(*volume, ExtentKind::data) < 8 << 20);
  copy.take(*volume);
  test::check_same(guest, copy, "a");
}

}  // namespace

TEST_CASE("volumes are captured on a libvirtd's host") {
  if (!test::lab_works()) return;
  const test::TempDir directory;
  const test::LabHost host(directory / "lab");
  const auto runtime = fleet::open_runtime(test::lab_target(directory.path(), host.uri()));
  test::FleetGuest guest(*runtime, directory.path(), "desk-w");
  guest.boot();
  const Virsh virsh(host);
  check_frozen_guest_is_thawed(guest, virsh);
  check_bitmap_gone_from_qemu(guest, virsh);
  test::VolumeCopy copy(directory / "copy");
  take_full(guest, copy);
  check_incremental(guest, copy);
}
