#include "fleet/libvirt/embedded_repair.hpp"

#include "base/fd.hpp"
#include "support/temp_dir.hpp"
#include "throws.hpp"

using namespace deskloom;
using fleet::without_orphaned_backup;

namespace {

// As libvirt 9.0 writes it.
std::string status(const std::string& job, const std::string& backups) {
  return "<domstatus state='running' reason='booted' pid='7'>\n  " + job +
         "\n  <blockjobs active='no'/>\n  " + backups +
         "\n  <domain type='qemu' id='1'>\n    <name>desk-1</name>\n  </domain>\n</domstatus>\n";
}

constexpr const char* backup_job =
    "<job type='none' async='backup' flags='0x0' asyncStarted='1795257531712'/>";

}  // namespace

TEST_CASE("a backup job without a backup is taken out of a status file") {
  const auto repaired = without_orphaned_backup(status(backup_job, ""));
  REQUIRE(repaired);
  CHECK(*repaired == status("<job type='none' async='none' flags='0x0' asyncStarted='1795257531712'/>", ""));
}

TEST_CASE("a backup that runs, another job and what is no status file are left alone") {
  CHECK_FALSE(
      without_orphaned_backup(status(backup_job, "<backups><domainbackup mode='pull' id='1'/></backups>")));
  CHECK_FALSE(without_orphaned_backup(status("<job type='none' async='save'/>", "")));
  CHECK_FALSE(without_orphaned_backup(status("", "<other async='backup'/>")));
  CHECK_FALSE(without_orphaned_backup("<domstatus><job async='backup'"));
  CHECK_FALSE(without_orphaned_backup(""));
}

TEST_CASE("a domain that was to be started and has no process never ran") {
  CHECK(fleet::never_ran("<domstatus state='paused' reason='starting up' pid='0'/>"));
  CHECK_FALSE(fleet::never_ran(status(backup_job, "")));
  CHECK_FALSE(fleet::never_ran("<domstatus state='running'/>"));
  CHECK_FALSE(fleet::never_ran("<domstatus pid='0'"));
}

TEST_CASE("every status file of an embedded root is looked at") {
  const test::TempDir root;
  fleet::repair_domains(root.path());  // nothing there yet
  base::make_private_directories(root / "run/qemu");
  base::write_file_durably(root / "run/qemu/desk-1.xml", status(backup_job, ""));
  base::write_file_durably(root / "run/qemu/desk-1.pid", "async='backup'");
  base::write_file_durably(
      root / "run/qemu/desk-2.xml",
      "<domstatus state='paused' reason='starting up' pid='0'><job type='none' async='start'/></domstatus>");
  fleet::repair_domains(root.path());
  CHECK_FALSE(std::filesystem::exists(root / "run/qemu/desk-2.xml"));
  CHECK_FALSE(without_orphaned_backup(base::read_file(root / "run/qemu/desk-1.xml", 1 << 20)));
  CHECK(base::read_file(root / "run/qemu/desk-1.pid", 1 << 20) == "async='backup'");
}
