#pragma once

#include <array>
#include <optional>
#include <string>

namespace deskloom::domain {

// A GPU of a host: a PCI device, or a mediated one.
struct Gpu {
  std::array<std::string, 4> pci;  // domain, bus, slot, function, in hexadecimal; empty ones: it is mediated
  std::string mdev;                // its UUID
};

// By its name: "pci:0000:3b:00.0", as lspci(8) and libvirt's node devices have it, or "mdev:UUID", in small
// letters; nullopt: it is none.
std::optional<Gpu> parse_gpu(const std::string& name);

}  // namespace deskloom::domain
