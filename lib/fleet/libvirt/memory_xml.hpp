#pragma once

#include <filesystem>
#include <string>

#include "fleet/runtime.hpp"

namespace deskloom::fleet {

// A snapshot of a live domain's memory alone, into a file; its disks (domain_xml names them) take no part.
std::string memory_snapshot_xml(const std::string& domain_xml, const std::filesystem::path& file);

// A saved domain's XML with the files that spec says: disks, what is behind them, kernel, serial log. Throws
// Error(usage) when the image is another instance's (libvirt lets a name not change) or has other disks.
std::string restored_xml(const std::string& saved_xml, const InstanceSpec& spec);

}  // namespace deskloom::fleet
