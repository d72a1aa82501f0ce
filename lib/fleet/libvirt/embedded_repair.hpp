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

// Whether a status file is of a domain that was being started when its process was killed, before there was a
// QEMU: libvirt lets that go on only when the process id is on record. The next driver keeps such a domain,
// and its job, for ever.
bool never_ran(const std::string& status);

// Repairs the status files of an embedded root, and removes those of domains that never ran; to be called
// before its driver is opened.
void repair_domains(const std::filesystem::path& root);

}  // namespace deskloom::fleet
