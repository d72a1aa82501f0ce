#include "fleet/libvirt/device_xml.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "domain/gpu.hpp"
#include "fleet/libvirt/xml.hpp"

namespace deskloom::fleet {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr int reconnect_delay_s = 30;

// libvirt writes sizes in KiB, whatever they were given in.
std::uint64_t bytes_of(pugi::xml_node size) {
  const std::uint64_t value = size.text().as_ullong();
  const std::string_view unit = size.attribute("unit").as_string("KiB");
  return unit == "b" || unit == "bytes" ? value : value * kib;
}

pugi::xml_node growing_device(const pugi::xml_document& document) {
  return document.child("domain").child("devices").find_child_by_attribute("memory", "model", "virtio-mem");
}

std::string text_of(pugi::xml_node node) {
  std::ostringstream out;
  node.print(out, "", pugi::format_raw);
  return out.str();
}

pugi::xml_node add_hostdev(pugi::xml_document& document, const char* type) {
  auto device = document.append_child("hostdev");
  device.append_attribute("mode") = "subsystem";
  device.append_attribute("type") = type;
  return device;
}

void add_pci(pugi::xml_document& document, const std::array<std::string, 4>& parts) {
  auto device = add_hostdev(document, "pci");
  device.append_attribute("managed") = "yes";
  auto address = device.append_child("source").append_child("address");
  std::size_t part = 0;
  for (const char* name : {"domain", "bus", "slot", "function"})
    address.append_attribute(name) = ("0x" + parts.at(part++)).c_str();
}

void add_mdev(pugi::xml_document& document, const std::string& uuid) {
  auto device = add_hostdev(document, "mdev");
  device.append_attribute("model") = "vfio-pci";
  device.append_child("source").append_child("address").append_attribute("uuid") = uuid.c_str();
}

pugi::xml_document gpu_document(const std::string& device) {
  pugi::xml_document document;
  const auto gpu = domain::parse_gpu(device);
  if (!gpu) {
    throw base::Error(base::ErrorKind::usage, "'" + base::printable(device) + "' is no GPU",
                      "name it as pci:0000:3b:00.0 or mdev:UUID, in small letters");
  }
  if (gpu->mdev.empty()) {
    add_pci(document, gpu->pci);
  } else {
    add_mdev(document, gpu->mdev);
  }
  return document;
}

}  // namespace

std::optional<GrowingMemory> growing_memory_of(const std::string& xml) {
  const auto document = parse_xml(xml);
  const auto device = growing_device(document);
  if (!device) return std::nullopt;
  const auto target = device.child("target");
  GrowingMemory memory;
  memory.most_bytes = bytes_of(target.child("size"));
  memory.requested_bytes = bytes_of(target.child("requested"));
  memory.current_bytes = bytes_of(target.child("current"));
  memory.base_bytes = bytes_of(document.child("domain").child("memory")) - memory.most_bytes;
  return memory;
}

std::string growing_memory_xml(const std::string& domain_xml, std::uint64_t bytes) {
  const auto document = parse_xml(domain_xml);
  auto device = growing_device(document);
  auto target = device.child("target");
  target.remove_child("current");
  auto requested = target.child("requested");
  requested.attribute("unit") = "b";
  requested.text().set(std::to_string(bytes).c_str());
  return text_of(device);
}

std::vector<std::string> interfaces_of(const std::string& xml) {
  const auto document = parse_xml(xml);
  std::vector<std::string> addresses;
  for (const auto& interface : document.child("domain").child("devices").children("interface"))
    addresses.emplace_back(interface.child("mac").attribute("address").as_string());
  return addresses;
}

bool has_open_network(const std::string& xml) {
  const auto document = parse_xml(xml);
  const auto interfaces = document.child("domain").child("devices").children("interface");
  return std::any_of(interfaces.begin(), interfaces.end(), [](const auto& interface) {
    return interface.attribute("type").as_string() != std::string_view("user");
  });
}

std::vector<std::string> disks_of(const std::string& xml) {
  const auto document = parse_xml(xml);
  std::vector<std::string> targets;
  for (const auto& disk : document.child("domain").child("devices").children("disk"))
    targets.emplace_back(disk.child("target").attribute("dev").as_string());
  return targets;
}

// A server that has ended may come back: for so long a read waits, and then stops the guest, which is let go
// on when the server is there. An error in place of that could destroy its file system.
std::string served_disk_xml(const ServedDisk& disk) {
  pugi::xml_document document;
  auto node = document.append_child("disk");
  node.append_attribute("type") = "file";
  node.append_attribute("device") = "disk";
  auto driver = node.append_child("driver");
  const std::pair<const char*, const char*> how[] = {{"name", "qemu"},
                                                     {"type", "qcow2"},
                                                     {"discard", "unmap"},
                                                     {"error_policy", "stop"},
                                                     {"rerror_policy", "stop"}};
  for (const auto& [name, value] : how) driver.append_attribute(name) = value;
  node.append_child("source").append_attribute("file") = disk.file.c_str();
  auto backing = node.append_child("backingStore");
  backing.append_attribute("type") = "network";
  backing.append_child("format").append_attribute("type") = "raw";
  auto source = backing.append_child("source");
  source.append_attribute("protocol") = "nbd";
  auto host = source.append_child("host");
  host.append_attribute("transport") = "unix";
  host.append_attribute("socket") = disk.socket.c_str();
  source.append_child("reconnect").append_attribute("delay") = reconnect_delay_s;
  backing.append_child("backingStore");
  auto target = node.append_child("target");
  target.append_attribute("dev") = disk.target.c_str();
  target.append_attribute("bus") = "virtio";
  node.append_child("serial").text().set(disk.serial.c_str());
  return text_of(node);
}

ServedDisk served_disk_of(const std::string& xml, const std::string& target) {
  const auto document = parse_xml(xml);
  for (const auto& disk : document.child("domain").child("devices").children("disk")) {
    if (disk.child("target").attribute("dev").as_string() != target) continue;
    const auto host = disk.child("backingStore").child("source").child("host");
    return {target, disk.child("serial").text().as_string(),
            disk.child("source").attribute("file").as_string(), host.attribute("socket").as_string()};
  }
  return {};
}

std::string free_target(const std::string& xml) {
  const auto taken = disks_of(xml);
  std::string target = "vda";
  while (std::ranges::find(taken, target) != taken.end() && target.back() < 'z') ++target.back();
  return target;
}

std::string gpu_xml(const std::string& device) { return text_of(gpu_document(device).first_child()); }

bool has_gpu(const std::string& xml, const std::string& device) {
  const auto wanted = gpu_document(device);
  const auto wanted_address = wanted.first_child().child("source").child("address");
  const auto document = parse_xml(xml);
  for (const auto& hostdev : document.child("domain").child("devices").children("hostdev")) {
    const auto address = hostdev.child("source").child("address");
    bool same = true;
    for (const auto& attribute : wanted_address.attributes()) {
      const std::string_view there = address.attribute(attribute.name()).as_string();
      if (there != attribute.as_string()) same = false;
    }
    if (same && address) return true;
  }
  return false;
}

}  // namespace deskloom::fleet
