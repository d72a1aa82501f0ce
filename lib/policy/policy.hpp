#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "domain/allocation.hpp"
#include "domain/app_persona.hpp"

namespace deskloom::policy {

struct Host {
  std::string name;
  std::string uri = "embedded";               // or any libvirt URI
  std::string accelerator = "auto";           // auto (prove KVM, else TCG), kvm, tcg
  std::string engine = "libvirt";             // or podman, kubernetes: instances are containers (SPEC G3)
  std::optional<std::string> context;         // of kubectl's configuration
  std::optional<std::string> kube_namespace;  // of that cluster
  // Where disks of instances lie on that host; default: the state directory's instances/ for hosts on this
  // machine.
  std::optional<std::filesystem::path> instance_dir;
  std::string network = "none";          // of its instances: "user", "bridge:NAME", "network:NAME"
  std::uint64_t memory_limit_bytes = 0;  // what its instances may have together; 0: what it has
  std::vector<std::string> gpus;         // its inventory: "pci:0000:3b:00.0", "mdev:UUID" (SPEC C6)
  std::optional<std::string> region;     // where it stands: prices may hold for regions (SPEC C5)
};

// What it is reached by, as shown: its URI, "podman", or "kubernetes:CONTEXT/NAMESPACE" as far as named.
std::string address(const Host& host);

struct Pool {
  std::string name;
  std::string image = "tiny";
  std::vector<std::string> hosts;  // empty: all
  int floor = 0;                   // ghosts that are always warm
  int size = 0;  // fixed number of instances, in use or warm; the plan keeps warm = max(floor, size - used)
  int max = 64;  // never more instances than this
  int parallel = 2;       // provisioned at once
  bool on_demand = true;  // session assign may provision when no ghost is left
  std::uint32_t vcpus = 1;
  std::uint64_t memory_bytes = 256ULL << 20;
  std::vector<std::string> users;     // fnmatch(3) patterns of the users it serves; empty: all
  std::string ghost_mode = "booted";  // how instances wait for users: "paused", "saved"
  // What instances have while nobody uses them; 0: as much as when somebody does.
  std::uint32_t minimal_vcpus = 0;
  std::uint64_t minimal_memory_bytes = 0;
  std::uint64_t minimal_network_rate = 0;  // bytes a second
  std::uint64_t minimal_storage_rate = 0;
  std::uint64_t network_rate = 0;  // in use; 0: not limited
  std::uint64_t storage_rate = 0;
  std::uint32_t gpus = 0;
  int grace_minutes = 480;          // a disconnected session is captured and ended after that
  int ahead_minutes = 30;           // how long before a likely return a shadow is inflated
  double wait_cost = 1;             // money for a minute that a user waits
  std::optional<double> idle_cost;  // money for a minute of an idle ghost; unset: by prices
  int served_percent = 95;          // of the windows, those in which whoever comes finds something ready
  int max_shadows = 64;
  std::vector<std::string> schedule;      // as domain::parse_scheduled_ghosts reads them
  bool instant_attach = false;            // a persona's volume is read out of the snapshot store (SPEC A8)
  std::vector<std::string> mount_volume;  // argv run as root in the guest once it has the volume
  std::uint64_t copy_rate = 0;            // bytes a second at which it becomes local

  domain::Allocation full() const;
  domain::Allocation minimal() const;
};

// How much a shadow is given ahead of its user, from some probability of a return on (SPEC C2).
struct Stage {
  std::string name;
  int probability = 50;  // percent
  domain::Shares shares;
};

// Desktops in use, and pools, grow and shrink by it (SPEC C4).
struct Scale {
  std::string name;
  std::vector<std::string> pools;  // that it goes for; empty: all
  std::string metric = "cpu";      // "memory", "network", "storage", "instances"
  std::optional<int> above_percent, below_percent;
  int minutes = 10;
  std::string scale = "cpus";  // "memory", "instances"
  int by = 1;                  // processors, MiB, instances
  std::optional<int> limit;

  domain::ScaleRule rule() const;
};

// What desktops cost on hosts (SPEC C5), in money of any currency.
struct Price {
  std::string name;
  std::vector<std::string> hosts;                   // none, and no regions either: all
  std::vector<std::string> regions;                 // and all hosts that stand there
  double cpu_hour = 0, gib_hour = 0, gpu_hour = 0;  // for each that an instance has
  double host_hour = 0;                             // for the host, shared by its instances
  std::optional<std::string> days, from, until;     // when it holds, by the clock on the wall; unset: always
};

// Where prices of the moment stand.
struct Spot {
  std::optional<std::filesystem::path> file;
  int max_age_minutes = 60;  // what is older counts as not there
};

// What is captured of a user, and how much a guest may send (it is untrusted).
struct Capture {
  std::vector<std::string> include;         // below the home; empty: everything
  std::vector<std::string> exclude;         // .gitignore-like patterns: caches, trash, sockets
  std::vector<std::string> special_files;   // "fifo", "device": which of them are captured
  std::vector<std::string> settings_files;  // patterns below the home that count as settings
  std::vector<std::string> dconf;           // dconf directories, "/"
  std::uint64_t max_files = 2'000'000;
  std::uint64_t max_bytes = 64ULL << 30;
  int timeout_s = 600;
};

// How many snapshots of each user stay when they are pruned (SPEC A6).
struct Keep {
  int last = 6;     // the newest
  int hourly = 24;  // and the newest of each of so many hours, …
  int daily = 7;
  int weekly = 5;
};

// How the snapshot store is kept.
struct Storage {
  std::string encryption = "none";                // of a store that is made: "aes-256-gcm"
  std::optional<std::filesystem::path> key_file;  // what unlocks an encrypted one
  std::vector<std::string> key_command;           // or what prints that
};

// How long the record of use is kept (SPEC D1).
struct History {
  int samples_days = 14;       // single samples
  int five_minutes_days = 90;  // their means and maxima of five minutes
  int days = 800;              // of hours, and all else
  int session_hours = 16;      // a session of which no end was recorded counts as that long
};

// How the use of desktops is foretold (SPEC D).
struct Forecast {
  int horizon_hours = 24;  // how far ahead
  int step_minutes = 15;   // of the demand profiles that are given out: 15, 30 or 60
  int margin_percent = 1;  // a model comes into force when it loses so much less than the other
  int drift_percent = 10;  // models are trained anew when forecasts lose so much more than promised
  int minimum_group = 5;   // of users, for a map of their places to be published (SPEC D3)
  std::vector<std::string> excluded;  // "FROM/UNTIL": nothing is learnt from then (an outage)
};

// How one application is recognised and brought back (SPEC A7).
struct Application {
  std::string name;
  std::string executable;  // fnmatch(3) pattern on the executable or, for scripts, the script's path
  bool relaunch = true;
  std::vector<std::string> install;    // argv run as root in the guest when the executable is missing
  std::vector<std::string> configure;  // argv run as the user before the launch
  std::vector<std::string> command;    // argv by which modes start it; empty: they do not
};

// What users can be at for a time: "video-editing" (SPEC A9).
struct Mode {
  std::string name;
  std::vector<std::string> applications;  // that are used in it: sections of policy
  // What a desktop is given in it, and is foretold to need as far as no such hours were measured; 0: nothing
  // is known.
  std::uint32_t cpus = 0;
  std::uint64_t memory_bytes = 0;
};

struct Policy {
  std::vector<std::filesystem::path> files;  // read, in order; empty: built-in defaults only
  std::filesystem::path state_dir;
  std::filesystem::path image_dir;
  std::filesystem::path snapshot_store;
  std::filesystem::path app_persona_dir;
  std::optional<std::string> time_zone;  // whose clock users live by; unset: this machine's
  std::vector<std::string> ssh_command{"ssh", "-o", "ServerAliveInterval=15"};  // reaches other stores
  int lock_timeout_s = 300;
  int agent_timeout_s = 120;  // for a new instance's agent to answer, and then for its boot to end
  std::map<std::string, Host> hosts;
  std::map<std::string, Pool> pools;
  Capture capture;
  Keep keep;
  Storage store;
  History history;
  Forecast forecast;
  std::vector<Application> applications;
  std::map<std::string, Mode> modes;
  std::map<std::string, Stage> stages;
  std::map<std::string, Scale> scales;
  std::map<std::string, Price> prices;
  Spot spot;

  std::filesystem::path state_file() const { return state_dir / "state.sqlite"; }
  std::filesystem::path history_file() const { return state_dir / "history.sqlite"; }
  std::filesystem::path forecast_file() const { return state_dir / "forecast.sqlite"; }
  const Host& host(const std::string& name) const;  // throw Error(not_found) with the nearest name
  const Pool& pool(const std::string& name) const;
  const Mode& mode(const std::string& name) const;
  const Stage& stage(const std::string& name) const;
};

struct Sources {
  std::optional<std::filesystem::path> config;  // --config or DESKLOOM_CONFIG: this file alone (must exist)
  std::optional<std::filesystem::path> state_dir;      // --state-dir or DESKLOOM_STATE_DIR, wins over policy
  std::filesystem::path config_dir = "/etc/deskloom";  // deskloom.toml and conf.d/*.toml, used without config
};

// Loads deskloom.toml and then conf.d/*.toml in the order of their names, or the one file named; a later file
// wins key by key. Checks every key and fills defaults: where no host is named, one host "local" (embedded);
// where no pool is named, one pool "default" (image "tiny", floor 2). Throws Error(usage) "FILE:LINE: …
// " with the nearest known key.
Policy load(const Sources& sources);
// The effective policy as shown by `config show`: sections and keys as in the files, and "files".
base::Json to_json(const Policy& policy);
// One section of it.
base::Json to_json(const Pool& pool);

// One key as deskloom.toml(5) describes it.
struct KeyDoc {
  std::string section;  // "", "host.NAME", "pool.NAME", "capture", "keep", "store", "history", "forecast",
                        // "application.NAME", "mode.NAME", "stage.NAME", "scale.NAME", "price.NAME",
                        // "spot"
  std::string key;
  std::string type;           // completes "must be …"
  std::string default_value;  // as TOML; empty when the key has none
  std::string meaning;
};

std::vector<KeyDoc> documented_keys();

// Where state lies when neither the command line nor policy says so. Throws Error(usage) when home is needed
// and empty.
std::filesystem::path default_state_dir(bool root, const std::string& xdg_state_home,
                                        const std::string& home);

}  // namespace deskloom::policy
