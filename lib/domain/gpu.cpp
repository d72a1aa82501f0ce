#include "domain/gpu.hpp"

#include <regex>

namespace deskloom::domain {

std::optional<Gpu> parse_gpu(const std::string& name) {
  static const std::regex pci("pci:([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])");
  static const std::regex mdev("mdev:([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})");
  std::smatch parts;
  if (std::regex_match(name, parts, pci)) return Gpu{{parts[1], parts[2], parts[3], parts[4]}, {}};
  if (std::regex_match(name, parts, mdev)) return Gpu{{}, parts[1]};
  return std::nullopt;
}

}  // namespace deskloom::domain
