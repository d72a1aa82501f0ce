#include "fleet/libvirt/orphaned_backup.hpp"

#include <chrono>
#include <thread>
#include <vector>

#include "base/json.hpp"
#include "fleet/libvirt/monitor.hpp"

namespace deskloom::fleet {
namespace {

constexpr int removal_tries = 50;
constexpr auto removal_pause = std::chrono::milliseconds(20);

std::string text_of(const base::Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The nodes over a scratch file of ours, the upper one first: only so can they be removed.
std::vector<std::string> scratch_nodes(virDomainPtr domain, const std::string& scratch_start) {
  std::vector<std::string> formats, files;
  const auto nodes = ask_monitor(domain, "query-named-block-nodes", {{"flat", true}});
  if (!nodes.is_array()) return {};
  for (const auto& node : nodes) {
    if (text_of(node, "file").find(scratch_start) == std::string::npos) continue;
    (text_of(node, "drv") == "file" ? files : formats).push_back(text_of(node, "node-name"));
  }
  formats.insert(formats.end(), files.begin(), files.end());
  return formats;
}

void end_backup_jobs(virDomainPtr domain) {
  const auto jobs = ask_monitor(domain, "query-jobs");
  if (!jobs.is_array()) return;
  for (const auto& job : jobs) {
    const auto id = text_of(job, "id");
    if (text_of(job, "type") != "backup") continue;
    ask_monitor(domain, "job-cancel", {{"id", id}});
    ask_monitor(domain, "job-dismiss", {{"id", id}});  // one that has ended already
  }
}

bool remove_bitmaps(virDomainPtr domain, const BackupOrphans& orphans) {
  bool found = false;
  const auto nodes = ask_monitor(domain, "query-named-block-nodes", {{"flat", true}});
  if (!nodes.is_array()) return false;
  for (const auto& node : nodes) {
    if (!node.is_object()) continue;
    for (const auto& bitmap : node.value("dirty-bitmaps", base::Json::array())) {
      const auto name = text_of(bitmap, "name");
      const bool ours = name.rfind(orphans.bitmap_start, 0) == 0 || name == orphans.export_bitmap;
      if (!ours || name == orphans.known_bitmap) continue;
      ask_monitor(domain, "block-dirty-bitmap-remove",
                  {{"node", text_of(node, "node-name")}, {"name", name}});
      found = true;
    }
  }
  return found;
}

bool remove_nodes(virDomainPtr domain, const std::string& scratch_start) {
  auto nodes = scratch_nodes(domain, scratch_start);
  if (nodes.empty()) return false;
  ask_monitor(domain, "nbd-server-stop");
  // A node is in use until its job has ended, which takes a moment.
  for (int tries = 0; !nodes.empty() && tries < removal_tries; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(removal_pause);
    end_backup_jobs(domain);
    for (const auto& node : nodes) ask_monitor(domain, "blockdev-del", {{"node-name", node}});
    nodes = scratch_nodes(domain, scratch_start);
  }
  return true;
}

}  // namespace

bool remove_orphans(virDomainPtr domain, const BackupOrphans& orphans) {
  const bool nodes = remove_nodes(domain, orphans.scratch_start);
  const bool bitmaps = remove_bitmaps(domain, orphans);
  return nodes || bitmaps;
}

}  // namespace deskloom::fleet
