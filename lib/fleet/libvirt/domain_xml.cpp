#include "fleet/libvirt/domain_xml.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "base/error.hpp"
#include "fleet/libvirt/xml.hpp"

namespace deskloom::fleet {
namespace {

struct Attribute {
  const char* name;
  std::string value;
};

pugi::xml_node add(pugi::xml_node parent, const char* name,
                   std::initializer_list<Attribute> attributes = {}) {
  auto node = parent.append_child(name);
  for (const auto& attribute : attributes) node.append_attribute(attribute.name) = attribute.value.c_str();
  return node;
}

pugi::xml_node add_text(pugi::xml_node parent, const char* name, const std::string& text,
                        std::initializer_list<Attribute> attributes = {}) {
  auto node = add(parent, name, attributes);
  node.text().set(text.c_str());
  return node;
}

void add_metadata(pugi::xml_node domain, const InstanceSpec& spec) {
  add(add(domain, "metadata"), "deskloom:instance",
      {{"xmlns:deskloom", metadata_namespace}, {"name", spec.name}, {"image", spec.image.name}});
}

void add_machine(pugi::xml_node domain, const std::string& name, const std::string& accelerator) {
  domain.append_attribute("type") = accelerator == "kvm" ? "kvm" : "qemu";
  add_text(domain, "name", name);
  add_text(domain, "on_poweroff", "destroy");
  add_text(domain, "on_crash", "destroy");
}

pugi::xml_node add_cpu(pugi::xml_node domain, const std::string& accelerator) {
  return add(domain, "cpu", {{"mode", accelerator == "kvm" ? "host-passthrough" : "maximum"}});
}

std::string vcpu_range(std::uint32_t vcpus) { return "0-" + std::to_string(vcpus - 1); }

// Memory and processors that the instance starts with, and room for those that it can be given.
void add_resources(pugi::xml_node domain, const InstanceSpec& spec) {
  const Growth growth = growth_of(spec);
  auto cpu = add_cpu(domain, spec.accelerator);
  if (growth.memory_bytes > 0) {
    const auto all = std::to_string(spec.allocation.memory_bytes + growth.memory_bytes);
    add_text(domain, "maxMemory", all, {{"slots", "1"}, {"unit", "b"}});
    add_text(domain, "memory", all, {{"unit", "b"}});
    add(add(cpu, "numa"), "cell",
        {{"id", "0"},
         {"cpus", vcpu_range(growth.most_vcpus)},
         {"memory", std::to_string(spec.allocation.memory_bytes)},
         {"unit", "b"}});
  } else {
    add_text(domain, "memory", std::to_string(spec.allocation.memory_bytes), {{"unit", "b"}});
  }
  auto vcpu = add_text(domain, "vcpu", std::to_string(growth.most_vcpus));
  if (growth.most_vcpus > spec.allocation.vcpus)
    vcpu.append_attribute("current") = std::to_string(spec.allocation.vcpus).c_str();
}

// virtio-mem: requested is what QEMU offers, and the guest takes it block by block.
void add_growing_memory(pugi::xml_node devices, std::uint64_t most_bytes) {
  auto target = add(add(devices, "memory", {{"model", "virtio-mem"}}), "target");
  add_text(target, "size", std::to_string(most_bytes), {{"unit", "b"}});
  add_text(target, "node", "0");
  add_text(target, "block", std::to_string(growing_block_bytes), {{"unit", "b"}});
  add_text(target, "requested", "0", {{"unit", "b"}});
}

void add_interface(pugi::xml_node devices, const std::string& network) {
  const auto colon = network.find(':');
  const std::string type = network.substr(0, colon);
  if (type == "none") return;
  auto interface = add(devices, "interface", {{"type", type}});
  if (colon != std::string::npos)
    interface.append_child("source").append_attribute(type.c_str()) = network.substr(colon + 1).c_str();
  add(interface, "model", {{"type", "virtio"}});
}

// GPUs, and a volume where the image has none, come later: each needs a slot that can be plugged into.
// libvirt takes the first controller for the root, unless that is there by itself, and gives what is there
// from the start the first slots: these come on top, for each device at most one.
void add_free_slots(pugi::xml_node devices, const InstanceSpec& spec) {
  const std::uint32_t free = spec.full.gpus + (spec.image.persona_volume.empty() ? 1 : 0);
  if (free == 0) return;
  const auto taken = static_cast<std::uint32_t>(std::distance(devices.begin(), devices.end()));
  add(devices, "controller", {{"type", "pci"}, {"index", "0"}, {"model", "pcie-root"}});
  for (std::uint32_t i = 0; i < taken + free; ++i)
    add(devices, "controller", {{"type", "pci"}, {"model", "pcie-root-port"}});
}

pugi::xml_node add_os(pugi::xml_node domain) {
  auto os = add(domain, "os");
  add_text(os, "type", "hvm", {{"arch", "x86_64"}, {"machine", "q35"}});
  return os;
}

void add_boot(pugi::xml_node domain, const Image& image) {
  auto os = add_os(domain);
  if (image.kernel.empty()) {
    add(os, "boot", {{"dev", "hd"}});
    return;
  }
  add_text(os, "kernel", image.kernel);
  add_text(os, "initrd", image.initrd);
  add_text(os, "cmdline", image.cmdline);
}

void add_disk(pugi::xml_node devices, const Overlay& overlay, char letter) {
  auto disk = add(devices, "disk", {{"type", "file"}, {"device", "disk"}});
  add(disk, "driver", {{"name", "qemu"}, {"type", "qcow2"}, {"discard", "unmap"}});
  add(disk, "source", {{"file", overlay.file}});
  // Stated, so that nobody probes a format out of bytes that a guest may have written.
  auto backing = add(disk, "backingStore", {{"type", "file"}});
  add(backing, "format", {{"type", overlay.backing_format}});
  add(backing, "source", {{"file", overlay.backing}});
  add(backing, "backingStore");
  add(disk, "target", {{"dev", std::string("vd") + letter}, {"bus", "virtio"}});
}

void add_port(pugi::xml_node parent, const std::string& port) {
  auto channel = add(parent, "channel", {{"type", "unix"}});
  add(channel, "target", {{"type", "virtio"}, {"name", port}});
}

void add_serial_log(pugi::xml_node devices, const std::filesystem::path& file) {
  add(add(devices, "serial", {{"type", "file"}}), "source", {{"path", file}, {"append", "on"}});
}

void add_display(pugi::xml_node devices) {
  add(devices, "graphics", {{"type", "vnc"}, {"autoport", "yes"}, {"listen", "127.0.0.1"}});
  add(add(devices, "video"), "model", {{"type", "virtio"}});
  add(devices, "input", {{"type", "tablet"}, {"bus", "usb"}});
}

void add_devices(pugi::xml_node domain, const InstanceSpec& spec) {
  auto devices = add(domain, "devices");
  char letter = 'a';
  for (const auto& overlay : overlays_of(spec)) add_disk(devices, overlay, letter++);
  add_port(devices, agent_port);
  add_port(devices, deskloom_port);
  add_serial_log(devices, serial_log(spec.directory));
  add_display(devices);
  add_interface(devices, spec.network);
  const Growth growth = growth_of(spec);
  if (growth.memory_bytes > 0) add_growing_memory(devices, growth.memory_bytes);
  auto rng = add(devices, "rng", {{"model", "virtio"}});
  add_text(rng, "backend", "/dev/urandom", {{"model", "random"}});
  add(devices, "memballoon", {{"model", "virtio"}, {"freePageReporting", "on"}});
  add_free_slots(devices, spec);
}

std::string format_of(const std::filesystem::path& file) {
  return file.extension() == ".qcow2" ? "qcow2" : "raw";
}

}  // namespace

std::vector<Overlay> overlays_of(const InstanceSpec& spec) {
  std::vector<Overlay> overlays;
  const auto overlay = [&](const char* name, const std::filesystem::path& backing) {
    if (!backing.empty()) overlays.push_back({spec.directory / name, backing, format_of(backing)});
  };
  overlay("disk.qcow2", spec.image.disk);
  overlay("persona.qcow2", spec.image.persona_volume);
  return overlays;
}

Growth growth_of(const InstanceSpec& spec) {
  const std::uint64_t more = spec.full.memory_bytes > spec.allocation.memory_bytes
                                 ? spec.full.memory_bytes - spec.allocation.memory_bytes
                                 : 0;
  return {(more + guest_block_bytes - 1) / guest_block_bytes * guest_block_bytes,
          std::max(spec.allocation.vcpus, spec.full.vcpus)};
}

std::filesystem::path serial_log(const std::filesystem::path& directory) { return directory / "serial.log"; }

std::string domain_xml(const InstanceSpec& spec) {
  pugi::xml_document document;
  auto domain = add(document, "domain");
  add_machine(domain, spec.name, spec.accelerator);
  add_resources(domain, spec);
  add_metadata(domain, spec);
  add_boot(domain, spec.image);
  add(add(domain, "features"), "acpi");
  add(domain, "clock", {{"offset", "utc"}});
  add_devices(domain, spec);
  return to_text(document);
}

std::string channel_xml(const std::string& port) {
  pugi::xml_document document;
  add_port(document, port);
  return to_text(document);
}

std::string proof_domain_xml(const std::string& name, const std::string& accelerator) {
  pugi::xml_document document;
  auto domain = add(document, "domain");
  add_machine(domain, name, accelerator);
  add_cpu(domain, accelerator);
  add_text(domain, "memory", "64", {{"unit", "MiB"}});
  add(add_os(domain), "bios", {{"useserial", "yes"}});
  auto devices = add(domain, "devices");
  add(devices, "serial", {{"type", "pty"}});
  add(devices, "controller", {{"type", "usb"}, {"model", "none"}});
  add(devices, "memballoon", {{"model", "none"}});
  return to_text(document);
}

std::string pool_xml(const std::string& name, const std::filesystem::path& directory) {
  pugi::xml_document document;
  auto pool = add(document, "pool", {{"type", "dir"}});
  add_text(pool, "name", name);
  auto target = add(pool, "target");
  add_text(target, "path", directory);
  // QEMU's user on the host needs to pass through.
  add_text(add(target, "permissions"), "mode", "0711");
  return to_text(document);
}

std::string volume_xml(const Overlay& overlay) {
  pugi::xml_document document;
  auto volume = add(document, "volume");
  add_text(volume, "name", overlay.file.filename());
  auto target = add(volume, "target");
  add(target, "format", {{"type", "qcow2"}});
  // libvirt's default is version 2 of the format, which holds no dirty bitmaps.
  add_text(target, "compat", "1.1");
  auto backing = add(volume, "backingStore");
  add_text(backing, "path", overlay.backing);
  add(backing, "format", {{"type", overlay.backing_format}});
  return to_text(document);
}

std::optional<Display> display_of(const std::string& xml) {
  const auto document = parse_xml(xml);
  for (const auto& graphics : document.child("domain").child("devices").children("graphics")) {
    const int port = graphics.attribute("port").as_int(-1);
    if (port <= 0) continue;
    return Display{graphics.attribute("type").as_string(),
                   graphics.attribute("listen").as_string("127.0.0.1"), port};
  }
  return std::nullopt;
}

bool has_port(const std::string& xml, const std::string& port) {
  const auto document = parse_xml(xml);
  for (const auto& channel : document.child("domain").child("devices").children("channel")) {
    if (channel.child("target").attribute("name").as_string() == port) return true;
  }
  return false;
}

std::filesystem::path serial_log_of(const std::string& xml) {
  const auto document = parse_xml(xml);
  const auto serial = document.child("domain").child("devices").child("serial");
  return serial.child("source").attribute("path").as_string();
}

std::optional<std::string> instance_of(const std::string& xml) {
  const auto document = parse_xml(xml);
  for (const auto& node : document.child("domain").child("metadata").children()) {
    // libvirt keeps our prefix; the namespace is what counts.
    const char* colon = std::strchr(node.name(), ':');
    const std::string declaration = colon == nullptr ? "xmlns" : "xmlns:" + std::string(node.name(), colon);
    if (node.attribute(declaration.c_str()).as_string() == std::string_view(metadata_namespace)) {
      return node.attribute("name").as_string();
    }
  }
  return std::nullopt;
}

}  // namespace deskloom::fleet
