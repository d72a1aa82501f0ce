#include "fleet/libvirt/domain_xml.hpp"

#include "specs.hpp"
#include "throws.hpp"

using namespace deskloom;
using namespace deskloom::fleet;
using test::contains;
using test::tiny_spec;

// The whole of it: what is in here is what a guest gets.
TEST_CASE("a domain is written as libvirt wants it") {
  CHECK(domain_xml(tiny_spec()) == R"(<domain type="qemu">
  <name>desk-1</name>
  <on_poweroff>destroy</on_poweroff>
  <on_crash>destroy</on_crash>
  <cpu mode="maximum" />
  <memory unit="b">268435456</memory>
  <vcpu>2</vcpu>
  <metadata>
    <deskloom:instance xmlns:deskloom="https://deskloom.org/xmlns/libvirt/instance/1" name="desk-1" image="tiny" />
  </metadata>
  <os>
    <type arch="x86_64" machine="q35">hvm</type>
    <kernel>/images/tiny/vmlinuz</kernel>
    <initrd>/images/tiny/initrd.img</initrd>
    <cmdline>console=ttyS0 quiet</cmdline>
  </os>
  <features>
    <acpi />
  </features>
  <clock offset="utc" />
  <devices>
    <disk type="file" device="disk">
      <driver name="qemu" type="qcow2" discard="unmap" />
      <source file="/srv/instances/desk-1/persona.qcow2" />
      <backingStore type="file">
        <format type="qcow2" />
        <source file="/images/tiny/persona.qcow2" />
        <backingStore />
      </backingStore>
      <target dev="vda" bus="virtio" />
    </disk>
    <channel type="unix">
      <target type="virtio" name="org.qemu.guest_agent.0" />
    </channel>
    <channel type="unix">
      <target type="virtio" name="org.deskloom.0" />
    </channel>
    <serial type="file">
      <source path="/srv/instances/desk-1/serial.log" append="on" />
    </serial>
    <graphics type="vnc" autoport="yes" listen="127.0.0.1" />
    <video>
      <model type="virtio" />
    </video>
    <input type="tablet" bus="usb" />
    <rng model="virtio">
      <backend model="random">/dev/urandom</backend>
    </rng>
    <memballoon model="virtio" freePageReporting="on" />
  </devices>
</domain>
)");
}

TEST_CASE("C2: room for what an instance can be given later is made at once") {
  auto spec = tiny_spec();
  spec.full = {8, (256 + 300) << 20};
  spec.full.gpus = 1;
  spec.network = "bridge:br0";
  const auto xml = domain_xml(spec);
  CHECK(contains(xml, R"(<vcpu current="2">8</vcpu>)"));
  CHECK(contains(xml, R"(<cell id="0" cpus="0-7" memory="268435456" unit="b" />)"));
  // 300 MiB, in whole blocks of 128.
  CHECK(contains(xml, R"(<maxMemory slots="1" unit="b">671088640</maxMemory>)"));
  CHECK(contains(xml, R"(<size unit="b">402653184</size>)"));
  CHECK(contains(xml, R"(<requested unit="b">0</requested>)"));
  CHECK(contains(xml, R"(<controller type="pci" index="0" model="pcie-root" />)"));
  CHECK(contains(xml, R"(<controller type="pci" model="pcie-root-port" />)"));
  CHECK(contains(xml, R"(<interface type="bridge">)"));
  CHECK(contains(xml, R"(<source bridge="br0" />)"));
}

TEST_CASE("C2: an instance that can be given no more than it starts with has nothing that moves") {
  auto spec = tiny_spec();
  spec.full = spec.allocation;
  CHECK(domain_xml(spec) == domain_xml(tiny_spec()));
}

TEST_CASE("under KVM a domain has the host's processor") {
  auto spec = tiny_spec();
  spec.accelerator = "kvm";
  CHECK(contains(domain_xml(spec), R"(<domain type="kvm">)"));
  CHECK(contains(domain_xml(spec), R"(<cpu mode="host-passthrough" />)"));
}

TEST_CASE("without a kernel a domain boots from its disk, which is the first") {
  auto spec = tiny_spec();
  spec.image.kernel.clear();
  spec.image.initrd.clear();
  spec.image.disk = "/images/debian/root.raw";
  const auto xml = domain_xml(spec);
  CHECK(contains(xml, R"(<boot dev="hd" />)"));
  CHECK_FALSE(contains(xml, "<kernel>"));
  CHECK(xml.find("disk.qcow2") < xml.find("persona.qcow2"));
  CHECK(contains(xml, R"(<format type="raw" />)"));
}

TEST_CASE("no name or path can write XML of its own") {
  auto spec = tiny_spec();
  spec.image.cmdline = "</cmdline><boot dev='network'/>&amp;\"";
  spec.image.persona_volume = "/images/'/><source file=\"x\"/>.qcow2";
  const auto xml = domain_xml(spec);
  CHECK_FALSE(contains(xml, "<boot"));
  CHECK_FALSE(contains(xml, R"(<source file="x")"));
  CHECK(contains(xml, "&lt;/cmdline&gt;"));
  CHECK(instance_of(xml) == "desk-1");
}

TEST_CASE("a domain's ports, log and owner are read back") {
  const auto xml = domain_xml(tiny_spec());
  CHECK(has_port(xml, "org.deskloom.0"));
  CHECK(has_port(xml, "org.qemu.guest_agent.0"));
  CHECK_FALSE(has_port(xml, "com.redhat.spice.0"));
  CHECK(serial_log_of(xml) == "/srv/instances/desk-1/serial.log");
  CHECK(instance_of(xml) == "desk-1");
}

TEST_CASE("a domain that is not ours has no owner of ours") {
  CHECK_FALSE(instance_of("<domain><name>desk-1</name></domain>"));
  CHECK_FALSE(
      instance_of("<domain><metadata><a:instance xmlns:a='urn:else' name='desk-1'/></metadata></domain>"));
  CHECK(instance_of("<domain><metadata><x:instance xmlns:x='https://deskloom.org/xmlns/libvirt/instance/1' "
                    "name='desk-1'/></metadata></domain>") == "desk-1");
}

TEST_CASE("a display is known once it has a port") {
  CHECK_FALSE(
      display_of("<domain><devices><graphics type='vnc' port='-1' autoport='yes'/></devices></domain>"));
  const auto display =
      display_of("<domain><devices><graphics type='vnc' port='5903' listen='127.0.0.1'/></devices></domain>");
  REQUIRE(display);
  CHECK(display->protocol == "vnc");
  CHECK(display->host == "127.0.0.1");
  CHECK(display->port == 5903);
}

TEST_CASE("XML that is none is refused") {
  CHECK(test::error_of([] { display_of("<domain"); }).kind() == base::ErrorKind::failed);
}

TEST_CASE("an overlay made by a host's storage pool can hold dirty bitmaps") {
  const auto xml = fleet::volume_xml({"/i/desk-1/persona.qcow2", "/images/persona.qcow2", "qcow2"});
  CHECK(contains(xml, "<compat>1.1</compat>"));
}
