#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/runtime.hpp"

// libvirt's domain XML, written and read. Names and paths go in as nodes, never pasted into text.
namespace deskloom::fleet {

inline constexpr const char* agent_port = "org.qemu.guest_agent.0";
inline constexpr const char* deskloom_port = "org.deskloom.0";
inline constexpr const char* metadata_namespace = "https://deskloom.org/xmlns/libvirt/instance/1";

// The overlay disks that an instance has, in the order of its devices: file in spec.directory and the image
// file behind it.
struct Overlay {
  std::filesystem::path file;
  std::filesystem::path backing;
  std::string backing_format;  // "qcow2" or "raw", by the file's name: never guessed from what a guest wrote
};
std::vector<Overlay> overlays_of(const InstanceSpec& spec);

// What the instance can be given while it runs: memory, on top of what it starts with, through a virtio-mem
// device, and the most processors. The device has whole memory blocks of the guest (128 MiB under Linux on
// x86-64): its driver leaves the rest of a half one alone. Less than all can be given, by 2 MiB.
struct Growth {
  std::uint64_t memory_bytes = 0;
  std::uint32_t most_vcpus = 1;
};
inline constexpr std::uint64_t growing_block_bytes = 2 << 20;
inline constexpr std::uint64_t guest_block_bytes = 128 << 20;
Growth growth_of(const InstanceSpec& spec);

std::filesystem::path serial_log(const std::filesystem::path& directory);

// x86-64, q35. The domain is meant to be transient: when it ends, nothing of it stays behind.
std::string domain_xml(const InstanceSpec& spec);
// One virtio-serial port, to attach to a running domain or to name in an error.
std::string channel_xml(const std::string& port);
// The smallest machine that shows on its serial line that its firmware ran.
std::string proof_domain_xml(const std::string& name, const std::string& accelerator);
// A directory as a storage pool, and a qcow2 volume over a backing file.
std::string pool_xml(const std::string& name, const std::filesystem::path& directory);
std::string volume_xml(const Overlay& overlay);  // as large as what is behind it

// What is read from a live domain's XML.
std::optional<Display> display_of(const std::string& xml);
bool has_port(const std::string& xml, const std::string& port);
// Where the first serial line is logged; empty when it is not.
std::filesystem::path serial_log_of(const std::string& xml);
// The instance's name in our metadata; nullopt for a domain that is not ours.
std::optional<std::string> instance_of(const std::string& xml);

}  // namespace deskloom::fleet
