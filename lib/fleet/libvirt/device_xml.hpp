#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// Of a live domain's XML, what resources are given through; and the XML of devices that come and go.
namespace deskloom::fleet {

// The virtio-mem device: how much QEMU offers, and how much of that the guest has taken. libvirt hears of the
// latter once a second at most.
struct GrowingMemory {
  std::uint64_t base_bytes = 0;  // memory beside the device
  std::uint64_t most_bytes = 0;
  std::uint64_t requested_bytes = 0;
  std::uint64_t current_bytes = 0;
};
std::optional<GrowingMemory> growing_memory_of(const std::string& xml);
// The same device with another request, to update it with. bytes: of the device.
std::string growing_memory_xml(const std::string& domain_xml, std::uint64_t bytes);

std::vector<std::string> interfaces_of(const std::string& xml);  // MAC addresses
std::vector<std::string> disks_of(const std::string& xml);       // targets, "vda"
// It has an interface beside QEMU's user network, which nobody outside finds it through.
bool has_open_network(const std::string& xml);

// A disk whose file is an overlay, over what a server at a unix socket holds.
struct ServedDisk {
  std::string target;            // "vdb"
  std::string serial;            // by which the guest finds it
  std::filesystem::path file;    // qcow2
  std::filesystem::path socket;  // empty: all is in the file
};
std::string served_disk_xml(const ServedDisk& disk);
// The disk with that target, as far as it is such a one.
ServedDisk served_disk_of(const std::string& xml, const std::string& target);
std::string free_target(const std::string& xml);

// device: "pci:0000:3b:00.0" or "mdev:UUID". Throws Error(usage) on anything else.
std::string gpu_xml(const std::string& device);
bool has_gpu(const std::string& xml, const std::string& device);

}  // namespace deskloom::fleet
