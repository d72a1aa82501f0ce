// C2, C6: what resources are given through, read from a live domain and written for it.
#include "fleet/libvirt/device_xml.hpp"

#include "fleet/libvirt/domain_xml.hpp"
#include "specs.hpp"
#include "throws.hpp"

using namespace deskloom;
using namespace deskloom::fleet;
using test::contains;
using test::error_of;
using test::tiny_spec;

namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr const char* pci = "pci:0000:3b:00.0";
constexpr const char* mdev = "mdev:4b20d080-1b54-4048-85b3-a6a62d165c01";

// As libvirt writes it, in KiB.
constexpr const char* live = R"(<domain><memory unit='KiB'>1048576</memory><devices>
  <disk type='file'><target dev='vda'/></disk><disk type='file'><target dev='vdb'/></disk>
  <interface type='user'><mac address='52:54:00:5e:e8:56'/></interface>
  <memory model='virtio-mem'><target><size unit='KiB'>786432</size><node>0</node>
    <block unit='KiB'>2048</block><requested unit='KiB'>524288</requested>
    <current unit='KiB'>131072</current></target><alias name='virtiomem0'/></memory>
</devices></domain>)";

}  // namespace

TEST_CASE("F1: behind QEMU's user network nobody finds a guest") {
  CHECK_FALSE(has_open_network(live));
  CHECK_FALSE(has_open_network("<domain><devices/></domain>"));
  CHECK(has_open_network(
      "<domain><devices><interface type='user'/><interface type='bridge'/></devices></domain>"));
}

TEST_CASE("C2: memory that grows is read, in whichever unit it stands") {
  const auto memory = growing_memory_of(live);
  REQUIRE(memory);
  CHECK(memory->base_bytes == 256 * mib);
  CHECK(memory->most_bytes == 768 * mib);
  CHECK(memory->requested_bytes == 512 * mib);
  CHECK(memory->current_bytes == 128 * mib);
  auto spec = tiny_spec();
  spec.full = {2, 384 * mib};
  CHECK(growing_memory_of(domain_xml(spec))->most_bytes == 128 * mib);
  CHECK_FALSE(growing_memory_of(domain_xml(tiny_spec())));
}

TEST_CASE("C2: another request is the same device with another number") {
  const auto xml = growing_memory_xml(live, 64 * mib);
  CHECK(contains(xml, "<memory model=\"virtio-mem\">"));
  CHECK(contains(xml, "<requested unit=\"b\">67108864</requested>"));
  CHECK(contains(xml, "<alias name=\"virtiomem0\""));
  CHECK_FALSE(contains(xml, "<current"));
}

TEST_CASE("C2: interfaces and disks are found") {
  CHECK(interfaces_of(live) == std::vector<std::string>{"52:54:00:5e:e8:56"});
  CHECK(disks_of(live) == std::vector<std::string>{"vda", "vdb"});
}

TEST_CASE("A8: a served disk is found again as it was given, and stops its guest rather than fail a read") {
  const ServedDisk disk{"vdc", "persona", "/srv/a<b/persona.qcow2", "/srv/a<b/persona.nbd"};
  const auto xml = served_disk_xml(disk);
  CHECK(contains(xml, R"(rerror_policy="stop")"));
  const std::string domain = "<domain><devices>" + xml + "</devices></domain>";
  const auto found = served_disk_of(domain, "vdc");
  CHECK(found.serial == disk.serial);
  CHECK(found.file == disk.file);
  CHECK(found.socket == disk.socket);
  CHECK(served_disk_of(domain, "vda").target.empty());
  CHECK(served_disk_of(live, "vdb").socket.empty());
}

TEST_CASE("A8: a disk that comes takes the first free name") {
  CHECK(free_target(live) == "vdc");
  CHECK(free_target("<domain><devices/></domain>") == "vda");
}

TEST_CASE("C6: a GPU is a whole device, or a part of one") {
  CHECK(contains(gpu_xml(pci), R"(<address domain="0x0000" bus="0x3b" slot="0x00" function="0x0")"));
  CHECK(contains(gpu_xml(pci), R"(managed="yes")"));
  CHECK(contains(gpu_xml(mdev), R"(<address uuid="4b20d080-1b54-4048-85b3-a6a62d165c01")"));
  CHECK(contains(gpu_xml(mdev), R"(model="vfio-pci")"));
  for (const char* bad : {"", "pci:", "pci:0000:3B:00.0", "pci:0000:3b:00.8", "mdev:'/><x", "usb:1"})
    CHECK(error_of([&] { gpu_xml(bad); }).kind() == base::ErrorKind::usage);
}

TEST_CASE("C6: a domain's GPUs are told apart") {
  const std::string domain = "<domain><devices>" + gpu_xml(pci) + gpu_xml(mdev) + "</devices></domain>";
  CHECK(has_gpu(domain, pci));
  CHECK(has_gpu(domain, mdev));
  CHECK_FALSE(has_gpu(domain, "pci:0000:3b:00.1"));
  CHECK_FALSE(has_gpu(live, pci));
}
