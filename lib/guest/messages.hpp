#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// What host and guest helper say to each other, as structs. The wire form is guest/wire.hpp's. Everything
// that comes from the guest is untrusted; strings are bytes and may be invalid UTF-8.
namespace deskloom::guest {

struct Account {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string home;
  std::string shell;
};

struct OpenFile {
  std::string path;
  bool writable = false;
};

struct Process {
  std::uint32_t pid = 0;
  std::uint32_t parent = 0;
  std::uint32_t session = 0;  // session id (setsid)
  std::string executable;     // /proc/PID/exe
  std::string script;  // the script's path when the executable is an interpreter (argv[1] of a #! start)
  std::vector<std::string> argv;
  std::string cwd;
  std::vector<std::pair<std::string, std::string>> environment;  // only names in the request's allow-list
  std::vector<OpenFile> open_files;                              // regular files, outside system directories
  std::uint64_t cpu_ms = 0;                                      // user + system
  std::uint64_t memory_bytes = 0;                                // resident
  std::uint64_t started_ms_ago = 0;
};

struct Mount {
  std::string source;
  std::string target;
  std::string type;
};

struct Setting {
  std::string key;  // "dconf:/org/desk/theme"
  std::string value;
};

// What the profile layer is made from.
struct UserReport {
  Account account;
  std::vector<Process> processes;
  std::vector<Mount> mounts;  // those below the home, and network file systems
  std::vector<std::pair<std::string, std::string>> xdg_directories;  // XDG_DOCUMENTS_DIR → path
  std::vector<std::string> sync_folders;                             // cloud-sync folders found in the home
  std::vector<Setting> settings;                                     // dconf dump, key by key
  std::uint64_t memory_total_bytes = 0;
  std::uint64_t cpu_count = 0;
  std::int64_t clock_ns = 0;       // the guest's wall clock, which sets the times of its files
  std::vector<std::string> notes;  // what could not be found out, and why
};

// A file-system object below the user's home, as the guest tells it.
struct GuestNode {
  std::string path;       // relative to the home, "" for the home itself
  std::uint8_t type = 0;  // 'd' 'f' 'l' 'p' 's' 'b' 'c'
  std::uint32_t mode = 0, uid = 0, gid = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t link_group = 0;  // files of one list with the same non-zero value are links of one file
  std::uint64_t device = 0;      // 'b' and 'c': st_rdev
  std::string target;            // 'l'
  std::vector<std::pair<std::string, std::string>> xattrs;  // user.* and POSIX ACLs
};

struct TreeRequest {
  std::string user;
  std::vector<std::string> include;  // relative to the home; empty: all of it
  std::vector<std::string> exclude;  // .gitignore-like; applied in the guest to save the walk
};

struct Launch {
  std::string user;
  std::vector<std::string> argv;
  std::string cwd;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> expected_files;  // it counts as restored once it has these open
  std::uint32_t wait_ms = 5000;
};

struct LaunchResult {
  bool running = false;
  std::uint32_t pid = 0;
  std::vector<std::string> missing_files;  // expected, not open when the wait ended
  std::string reason;  // why not running: "exited with status 1: …last line of its error output"
};

struct RunResult {
  int exit_code = 0;
  std::string output;  // stdout and stderr, cut at 64 KiB
};

}  // namespace deskloom::guest
