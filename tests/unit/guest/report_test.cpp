#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "guest/server/settings.hpp"
#include "guest/server/surroundings.hpp"
#include "support/catch.hpp"
#include "support/guest_peers.hpp"

using namespace deskloom::guest;
using namespace deskloom::guest::test;
namespace fs = std::filesystem;

namespace {

// Launches a script of the user's and reports while it runs.
Process launched(const TestUser& user, const std::string& script) {
  Helper helper(user);
  Launch launch;
  launch.user = "ann";
  launch.argv = {script};
  launch.cwd = user.home();
  launch.environment = {{"LANG", "C"}, {"SECRET", "s"}};
  launch.wait_ms = 400;
  const auto pid = helper.client().launch(launch).pid;
  const auto report = helper.client().report("ann", {}, {"LANG", "HOME"});
  ::kill(static_cast<pid_t>(pid), SIGKILL);
  const auto found = std::find_if(report.processes.begin(), report.processes.end(),
                                  [&](const auto& process) { return process.pid == pid; });
  REQUIRE(found != report.processes.end());
  return *found;
}

void write_program(const fs::path& path, const std::string& text) {
  write_text(path, text);
  fs::permissions(path, fs::perms(0755));
}

}  // namespace

TEST_CASE("a process is reported with its script, directory, open files and allowed environment only") {
  const TestUser user;
  write_text(user.home() / "read", "x");
  ::mkfifo((user.home() / "pipe").c_str(), 0600);
  write_program(user.home() / "app", "#!/bin/sh\nexec 7<>pipe 8<read 9>>written\nread -r forever <&7\n");
  user.own_home();
  const auto process = launched(user, user.home() / "app");
  CHECK(process.script == (user.home() / "app").string());
  CHECK(process.cwd == user.home().string());
  CHECK(process.argv.back() == (user.home() / "app").string());
  const std::vector<std::pair<std::string, std::string>> environment = {{"HOME", user.home()}, {"LANG", "C"}};
  CHECK(process.environment == environment);
  CHECK(process.memory_bytes > 0);
  const auto is_open = [&](const std::string& name, bool writable) {
    return std::any_of(process.open_files.begin(), process.open_files.end(), [&](const auto& file) {
      return file.path == (user.home() / name).string() && file.writable == writable;
    });
  };
  CHECK(is_open("read", false));
  CHECK(is_open("written", true));
}

TEST_CASE("a program that only has a script as its argument is not that script") {
  const TestUser user;
  write_program(user.home() / "script", "#!/bin/sh\n");
  write_program(user.home() / "app", "#!/bin/sh\nexec tail -f " + (user.home() / "script").string() + "\n");
  user.own_home();
  CHECK(launched(user, user.home() / "app").script.empty());
}

TEST_CASE("settings are what dconf prints, key by key") {
  const auto settings = parse_dconf_dump("[/]\na=1\n\n[x/y]\nb='=]'\n", "/org/");
  REQUIRE(settings.size() == 2);
  CHECK(settings[0].key == "dconf:/org/a");
  CHECK(settings[1].key == "dconf:/org/x/y/b");
  CHECK(settings[1].value == "'=]'");
}

TEST_CASE("settings are read and written by the guest's dconf as the user") {
  TestUser user;
  fs::create_directory(user.home() / "bin");
  // Keeps what it is told in a file; refuses the key "bad", as dconf refuses a value that is no GVariant.
  write_program(user.home() / "bin/dconf",
                "#!/bin/sh\ncd \"$HOME\"\ncase $1 in\n"
                "dump) cat stored;;\n"
                "load) cat >stored; ! grep -q ^bad stored;;\n"
                "write) [ \"$2\" = /org/bad ] && { echo 'not a value' >&2; exit 1; }; exit 0;;\nesac\n");
  // No dbus-run-session on this path: a bus refuses users that the real passwd does not know.
  for (const auto* tool : {"cat", "grep"}) {
    fs::create_symlink(std::string("/bin/") + tool, user.home() / "bin" / tool);
  }
  user.config().path = (user.home() / "bin").string();
  user.own_home();
  Helper helper(user);
  CHECK(helper.client().apply_settings("ann", {{"dconf:/org/a/k", "'v'"}, {"dconf:/org/z", "1"}}).empty());
  CHECK(read_text(user.home() / "stored") == "[org/a]\nk='v'\n[org]\nz=1\n");
  const auto settings = helper.client().report("ann", {"/"}, {}).settings;
  REQUIRE(settings.size() == 2);
  CHECK(settings[0].key == "dconf:/org/a/k");
  const auto failures = helper.client().apply_settings("ann", {{"dconf:/org/bad", "?"}, {"gconf:/x", "1"}});
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].first == "gconf:/x");
  CHECK(failures[1].second == "dconf exited with status 1: not a value");
}

TEST_CASE("a guest without dconf says so in its notes") {
  TestUser user;
  user.config().path = "/nonexistent";
  Helper helper(user);
  const auto report = helper.client().report("ann", {"/org/"}, {});
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes[0].find("no dconf") != std::string::npos);
  CHECK(report.memory_total_bytes > 0);
  CHECK(report.cpu_count > 0);
  CHECK(report.clock_ns > 1'700'000'000'000'000'000);
  CHECK(report.account.home == user.home().string());
}

TEST_CASE("mounts below the home and network mounts are reported, others not") {
  const auto mounts = user_mounts(
      "/dev/vda1 / ext4 rw 0 0\nsrv:/data /mnt/team\\040data nfs4 rw 0 0\n/dev/vdb /home/ann/disk ext4 rw 0 "
      "0\n"
      "tmpfs /home/anna tmpfs rw 0 0\n",
      "/home/ann");
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].target == "/mnt/team data");
  CHECK(mounts[1].target == "/home/ann/disk");
}

TEST_CASE("XDG directories and sync folders are found") {
  const auto directories =
      xdg_directories("# made\nXDG_DOCUMENTS_DIR=\"$HOME/Papers\"\nXDG_X=\"relative\"\n", "/h");
  REQUIRE(directories.size() == 1);
  CHECK(directories[0] == std::pair<std::string, std::string>{"XDG_DOCUMENTS_DIR", "/h/Papers"});
  const TestUser user;
  fs::create_directory(user.home() / "Nextcloud");
  fs::create_directory(user.home() / "Music");
  CHECK(sync_folders(user.home()) == std::vector<std::string>{(user.home() / "Nextcloud").string()});
}
