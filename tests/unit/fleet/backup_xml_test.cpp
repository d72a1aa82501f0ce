#include "fleet/libvirt/backup_xml.hpp"

#include "throws.hpp"

using namespace deskloom;
using namespace deskloom::fleet;
using test::contains;
using test::error_of;

namespace {

constexpr const char* two_disks = R"(<domain><devices>
  <disk type='file'><source file='/i/desk-1/disk.qcow2'/><target dev='vda'/></disk>
  <disk type='file'><source file='/i/desk-1/persona.qcow2'/><target dev='vdb'/></disk>
</devices></domain>)";

}  // namespace

TEST_CASE("a disk is found by its file or by its target") {
  CHECK(find_disk(two_disks, "persona").target == "vdb");
  CHECK(find_disk(two_disks, "disk").target == "vda");
  CHECK(find_disk(two_disks, "vdb").file == "/i/desk-1/persona.qcow2");
}

TEST_CASE("a disk that is not there is told with those that are") {
  for (const char* disk : {"", "vdc", "persona.qcow2"}) {
    const auto error = error_of([&] { find_disk(two_disks, disk); });
    CHECK(error.kind() == base::ErrorKind::not_found);
    CHECK(contains(error.what(), "disk (vda), persona (vdb)"));
  }
  CHECK(contains(error_of([] { find_disk("<domain/>", "vda"); }).what(), "it has none"));
}

TEST_CASE("a full backup names neither checkpoint nor bitmap") {
  const auto xml = backup_xml({"vdb", "", "/tmp/s/nbd", "/i/desk-1/persona.qcow2.c1"});
  CHECK_FALSE(contains(xml, "incremental"));
  CHECK_FALSE(contains(xml, "bitmap"));
  CHECK(contains(xml, R"(transport="unix" socket="/tmp/s/nbd")"));
  CHECK(contains(xml, R"(<scratch file="/i/desk-1/persona.qcow2.c1" />)"));
  CHECK(socket_of_backup(xml) == std::filesystem::path("/tmp/s/nbd"));
}

TEST_CASE("an incremental backup names its checkpoint, and the bitmap as it is read") {
  const auto xml = backup_xml({"vdb", "deskloom.vdb.a<b", "/tmp/s/nbd", "/i/desk-1/persona.qcow2.c1"});
  CHECK(contains(xml, "<incremental>deskloom.vdb.a&lt;b</incremental>"));
  CHECK(contains(xml, "exportbitmap=\"" + exported_bitmap("vdb") + "\""));
}

TEST_CASE("a backup over TCP has no socket of ours") {
  CHECK_FALSE(socket_of_backup("<domainbackup><server transport='tcp' name='h' port='1'/></domainbackup>"));
  CHECK(error_of([] { socket_of_backup("<"); }).kind() == base::ErrorKind::failed);
}

TEST_CASE("a checkpoint covers its disk alone") {
  const auto xml = checkpoint_xml(checkpoint_prefix("vdb") + "c1", "vdb");
  CHECK(contains(xml, "<name>deskloom.vdb.c1</name>"));
  CHECK(contains(xml, R"(<disk name="vdb" checkpoint="bitmap" />)"));
}
