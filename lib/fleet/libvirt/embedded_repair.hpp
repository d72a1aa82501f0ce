#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace deskloom::fleet {

// libvirt notes in a domain's status file that a backup job begins, and only later what the job is. When the
// process that holds an embedded driver is killed in between, the next driver (9.0) waits for ever for the
// end of a job that does not run: each call that changes the domain fails after 30 s. The status file's text
// without such a job; nullopt when it has none. A real backup's job is left alone.
std::optional<std::string> without_orphaned_backup(const std::string& status);

// The same for all status files of an embedded root; to be called before its driver is opened.
void repair_orphaned_backups(const std::filesystem::path& root);

}  // namespace deskloom::fleet
