#include "fleet/libvirt/memory_xml.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "fleet/libvirt/domain_xml.hpp"
#include "fleet/libvirt/xml.hpp"

namespace deskloom::fleet {
namespace {

[[noreturn]] void refuse(const InstanceSpec& spec, const std::string& complaint) {
  throw base::Error(base::ErrorKind::usage,
                    "instance " + spec.name + " cannot be restored from this memory: " + complaint,
                    "memory goes with the instance, image and disks that it was saved from");
}

void set_attribute(pugi::xml_node node, const char* name, const std::string& value) {
  if (!node.attribute(name)) node.append_attribute(name);
  node.attribute(name) = value.c_str();
}

void set_disks(pugi::xml_node devices, const InstanceSpec& spec) {
  const auto overlays = overlays_of(spec);
  auto next = overlays.begin();
  for (auto disk : devices.children("disk")) {
    if (next == overlays.end()) refuse(spec, "it has more disks than image " + spec.image.name);
    set_attribute(disk.child("source"), "file", next->file);
    auto backing = disk.child("backingStore");
    set_attribute(backing.child("source"), "file", next->backing);
    set_attribute(backing.child("format"), "type", next->backing_format);
    ++next;
  }
  if (next != overlays.end()) refuse(spec, "it has fewer disks than image " + spec.image.name);
}

void set_boot(pugi::xml_node os, const InstanceSpec& spec) {
  if (os.child("kernel").empty() != spec.image.kernel.empty()) {
    refuse(spec, "it was booted otherwise than image " + spec.image.name);
  }
  if (spec.image.kernel.empty()) return;
  os.child("kernel").text().set(spec.image.kernel.c_str());
  os.child("initrd").text().set(spec.image.initrd.c_str());
}

}  // namespace

std::string memory_snapshot_xml(const std::string& domain_xml, const std::filesystem::path& file) {
  const auto domain = parse_xml(domain_xml);
  pugi::xml_document document;
  auto root = document.append_child("domainsnapshot");
  auto memory = root.append_child("memory");
  set_attribute(memory, "snapshot", "external");
  set_attribute(memory, "file", file);
  auto disks = root.append_child("disks");
  for (const auto& node : domain.child("domain").child("devices").children("disk")) {
    auto disk = disks.append_child("disk");
    set_attribute(disk, "name", node.child("target").attribute("dev").as_string());
    set_attribute(disk, "snapshot", "no");
  }
  return to_text(document);
}

std::string restored_xml(const std::string& saved_xml, const InstanceSpec& spec) {
  const auto owner = instance_of(saved_xml);
  if (owner != spec.name) {
    refuse(spec,
           owner ? "it is that of instance " + base::printable(*owner) : "deskloom did not make its domain");
  }
  auto document = parse_xml(saved_xml);
  auto domain = document.child("domain");
  auto devices = domain.child("devices");
  set_boot(domain.child("os"), spec);
  set_disks(devices, spec);
  for (const char* line : {"serial", "console"}) {
    auto source = devices.child(line).child("source");
    if (source) set_attribute(source, "path", serial_log(spec.directory));
  }
  return to_text(document);
}

}  // namespace deskloom::fleet
