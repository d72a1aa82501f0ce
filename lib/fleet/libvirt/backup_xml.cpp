#include "fleet/libvirt/backup_xml.hpp"

#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "fleet/libvirt/xml.hpp"

namespace deskloom::fleet {
namespace {}  // namespace

std::string backup_xml(const PullBackup& backup) {
  pugi::xml_document document;
  auto root = document.append_child("domainbackup");
  root.append_attribute("mode") = "pull";
  if (!backup.since.empty()) root.append_child("incremental").text().set(backup.since.c_str());
  auto server = root.append_child("server");
  server.append_attribute("transport") = "unix";
  server.append_attribute("socket") = backup.socket.c_str();
  auto disk = root.append_child("disks").append_child("disk");
  disk.append_attribute("name") = backup.target.c_str();
  disk.append_attribute("backup") = "yes";
  disk.append_attribute("type") = "file";
  disk.append_attribute("exportname") = backup.target.c_str();
  if (!backup.since.empty()) {
    disk.append_attribute("exportbitmap") = exported_bitmap(backup.target).c_str();
  }
  // libvirt 9.0 neither accepts a disk without it nor chooses one itself.
  disk.append_child("scratch").append_attribute("file") = backup.scratch.c_str();
  return to_text(document);
}

std::optional<std::filesystem::path> socket_of_backup(const std::string& xml) {
  const auto document = parse_xml(xml);
  const auto server = document.child("domainbackup").child("server");
  const std::string socket = server.attribute("socket").as_string();
  if (socket.empty()) return std::nullopt;
  return socket;
}

std::string exported_bitmap(const std::string& target) { return "backup-" + target; }

std::string checkpoint_prefix(const std::string& target) { return "deskloom." + target + "."; }

std::string checkpoint_xml(const std::string& name, const std::string& target) {
  pugi::xml_document document;
  auto root = document.append_child("domaincheckpoint");
  root.append_child("name").text().set(name.c_str());
  auto disk = root.append_child("disks").append_child("disk");
  disk.append_attribute("name") = target.c_str();
  disk.append_attribute("checkpoint") = "bitmap";
  return to_text(document);
}

LiveDisk find_disk(const std::string& domain_xml, const std::string& disk) {
  const auto document = parse_xml(domain_xml);
  std::vector<std::string> there;
  for (const auto& node : document.child("domain").child("devices").children("disk")) {
    const std::string target = node.child("target").attribute("dev").as_string();
    const std::filesystem::path file = node.child("source").attribute("file").as_string();
    if (target == disk || (!disk.empty() && file.stem() == disk)) return {target, file};
    there.push_back(file.stem().string() + " (" + target + ")");
  }
  const std::string list = there.empty() ? "it has none" : "there are: " + base::join(there, ", ");
  throw base::Error(base::ErrorKind::not_found, "no disk " + base::printable(disk) + "; " + list);
}

}  // namespace deskloom::fleet
