#include "fleet/libvirt/memory_xml.hpp"

#include "fleet/libvirt/domain_xml.hpp"
#include "specs.hpp"
#include "throws.hpp"

using namespace deskloom;
using namespace deskloom::fleet;
using test::contains;
using test::error_of;
using test::tiny_spec;

TEST_CASE("a snapshot of memory leaves the disks out") {
  const auto xml = memory_snapshot_xml(domain_xml(tiny_spec()), "/s/a&b");
  CHECK(contains(xml, R"(<memory snapshot="external" file="/s/a&amp;b" />)"));
  CHECK(contains(xml, R"(<disk name="vda" snapshot="no" />)"));
}

TEST_CASE("a saved domain is restored with the files that its new place has") {
  auto spec = tiny_spec();
  const auto saved = domain_xml(spec);
  CHECK(restored_xml(saved, spec) == saved);
  spec.directory = "/elsewhere/desk-1";
  spec.image.kernel = "/i/vmlinuz";
  spec.image.initrd = "/i/initrd.img";
  spec.image.persona_volume = "/i/persona.raw";
  CHECK(restored_xml(saved, spec) == domain_xml(spec));
}

TEST_CASE("memory of another instance, with other disks or another boot is refused") {
  const auto saved = domain_xml(tiny_spec());
  auto renamed = tiny_spec();
  renamed.name = "desk-2";
  auto with_disk = tiny_spec();
  with_disk.image.disk = "/i/root.qcow2";
  auto without_disk = tiny_spec();
  without_disk.image.persona_volume.clear();
  auto from_disk = tiny_spec();
  from_disk.image.kernel.clear();
  for (const auto& spec : {renamed, with_disk, without_disk, from_disk}) {
    CHECK(error_of([&] { restored_xml(saved, spec); }).kind() == base::ErrorKind::usage);
  }
  CHECK(contains(error_of([&] { restored_xml(saved, renamed); }).what(), "that of instance desk-1"));
  CHECK(error_of([] { restored_xml("<domain/>", tiny_spec()); }).kind() == base::ErrorKind::usage);
  CHECK(error_of([] { restored_xml("<", tiny_spec()); }).kind() == base::ErrorKind::failed);
}
