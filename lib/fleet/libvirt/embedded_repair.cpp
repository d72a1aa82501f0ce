#include "fleet/libvirt/embedded_repair.hpp"

#include <pugixml.hpp>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace deskloom::fleet {
namespace {

constexpr std::uint64_t status_limit_bytes = 16 << 20;
constexpr const char* noted_job = "async='backup'";

}  // namespace

std::optional<std::string> without_orphaned_backup(const std::string& status) {
  const auto found = status.find(noted_job);
  pugi::xml_document document;
  if (found == std::string::npos || !document.load_buffer(status.data(), status.size())) return std::nullopt;
  const auto domain = document.child("domstatus");
  const bool is_job = domain.child("job").attribute("async").as_string() == std::string_view("backup");
  if (!is_job || domain.child("backups").child("domainbackup")) return std::nullopt;
  std::string repaired = status;
  return repaired.replace(found, std::char_traits<char>::length(noted_job), "async='none'");
}

bool never_ran(const std::string& status) {
  pugi::xml_document document;
  if (!document.load_buffer(status.data(), status.size())) return false;
  const auto pid = document.child("domstatus").attribute("pid");
  return pid && pid.as_string() == std::string_view("0");
}

void repair_domains(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  std::error_code ignored;  // no directory: no domains
  for (const auto& entry : std::filesystem::directory_iterator(root / "run/qemu", ignored))
    if (entry.path().extension() == ".xml") files.push_back(entry.path());
  for (const auto& file : files) {
    const std::string status = base::read_file(file, status_limit_bytes);
    if (never_ran(status)) {
      std::filesystem::remove(file);
    } else if (const auto repaired = without_orphaned_backup(status)) {
      base::write_file_durably(file, *repaired);
    }
  }
}

}  // namespace deskloom::fleet
