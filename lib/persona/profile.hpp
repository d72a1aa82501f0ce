#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

// What makes a desktop somebody's own (SPEC A1): the document kept as a snapshot's "profile" layer.
namespace deskloom::persona {

// One application the user has run, ranked by use.
struct ApplicationUse {
  std::string name;     // policy's name for it, else the program's file name
  std::string program;  // path of the executable, or of the script it runs
  std::uint64_t launches = 0;
  double minutes = 0;  // observed running, summed over captures
  base::Timestamp last_used;
  double score = 0;  // see rank() in applications.hpp
};

struct OpenFile {
  std::string path;
  bool writable = false;
  bool operator==(const OpenFile&) const = default;
};

// One process of the user at the time of the capture.
struct Process {
  std::string application;  // name of the ApplicationUse it belongs to
  std::string program;
  std::vector<std::string> argv;
  std::string cwd;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<OpenFile> open_files;
  std::uint64_t cpu_ms = 0;
  std::uint64_t memory_bytes = 0;
  base::Timestamp started_at;
  bool relaunch = false;
  std::string reason;  // why it is not relaunched; empty when it is
};

struct DataLocation {
  std::string kind;  // "mount", "xdg", "sync"
  std::string name;  // file-system type, XDG name, or folder
  std::string path;
  std::string source;  // mounts only
};

struct Setting {
  std::string key;  // "dconf:/org/desk/theme"
  std::string value;
  bool operator==(const Setting&) const = default;
};

struct Profile {
  static constexpr int version = 1;

  std::string user;
  std::string home;
  base::Timestamp captured_at;
  std::vector<ApplicationUse> applications;  // best first
  std::vector<Process> processes;
  std::vector<Setting> settings;            // sorted by key
  std::vector<std::string> settings_files;  // paths below the home, in the tree layer
  std::vector<DataLocation> data_locations;
  std::uint64_t cpu_ms = 0;        // of all the user's processes
  std::uint64_t memory_bytes = 0;  // resident, of all the user's processes
  std::vector<std::string> notes;  // what could not be found out, and why
};

base::Json to_json(const Profile& profile);
// Throws Error(store_newer) for a later version, Error(corrupt) when a field is missing or of the wrong type.
Profile profile_from_json(const base::Json& document, const std::string& origin);

}  // namespace deskloom::persona
