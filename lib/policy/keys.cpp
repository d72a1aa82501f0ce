#include "policy/keys.hpp"

#include "policy/key_types.hpp"

namespace deskloom::policy {
namespace {

constexpr std::int64_t most_instances = 10'000;
constexpr std::int64_t most_kept = 1'000'000;
constexpr std::int64_t most_days = 36'500;
constexpr double most_money = 1e9;
constexpr std::uint64_t mib = 1ULL << 20;
constexpr std::uint64_t tib = 1ULL << 40;

}  // namespace

const Keys<Policy>& policy_keys() {
  static const Keys<Policy> keys{
      text("state_dir", &Policy::state_dir, absolute_path,
           "Where the state store and the instances' files lie. Unset: /var/lib/deskloom for root, else "
           "$XDG_STATE_HOME/deskloom or ~/.local/state/deskloom. --state-dir and DESKLOOM_STATE_DIR win."),
      text("image_dir", &Policy::image_dir, absolute_path,
           "Where the images lie that instances are made from. Unset: images below state_dir."),
      text("snapshot_store", &Policy::snapshot_store, absolute_path,
           "Where snapshots of personas are kept. Unset: store below state_dir."),
      text("app_persona_dir", &Policy::app_persona_dir, absolute_path,
           "Where the personas of applications lie, a file NAME.json each. Unset: app-personas below "
           "state_dir."),
      text("time_zone", &Policy::time_zone, any_text,
           "The clock on the wall that users live by, as the IANA names it: \"Europe/Warsaw\". Unset: this "
           "machine's."),
      texts("ssh_command", &Policy::ssh_command, any_text,
            "What 'snapshot push' and 'pull' reach the stores of other hosts with; host and command are "
            "added."),
      integer("lock_timeout", &Policy::lock_timeout_s, 0, 86'400,
              "Seconds to wait for a lock or lease that another command holds."),
      integer("agent_timeout", &Policy::agent_timeout_s, 1, 3'600,
              "Seconds within which the agent of a new instance must answer, and then its boot end."),
  };
  return keys;
}

const Keys<Host>& host_keys() {
  static const Keys<Host> keys{
      text("uri", &Host::uri, host_uri,
           "How the host is reached: \"embedded\" runs libvirt's QEMU driver inside the command, with no "
           "daemon; anything else is a libvirt URI such as \"qemu+ssh://host/system\"."),
      text("accelerator", &Host::accelerator, accelerator,
           "\"auto\" proves KVM by starting something small and falls back to TCG."),
      text("engine", &Host::engine, engine,
           "What runs the instances: \"libvirt\" runs virtual machines; \"podman\", on this machine, and "
           "\"kubernetes\" run containers, and are given images that name a container."),
      text("context", &Host::context, any_text,
           "The context of kubectl's configuration that reaches the cluster. Unset: kubectl's current one."),
      text("namespace", &Host::kube_namespace, kube_name,
           "The namespace of the cluster in which the instances run. Unset: the context's."),
      text("instance_dir", &Host::instance_dir, absolute_path,
           "Where the disks of instances lie on that host, and on this machine the manifests of containers. "
           "Unset: instances below state_dir."),
      text("network", &Host::network, network,
           "What instances there are connected to: nothing; the world behind the host's address (\"user\", "
           "which cannot be limited); a bridge of the host; a network of its libvirt."),
      size("memory_limit", &Host::memory_limit_bytes, 0, 1'024 * tib,
           "Memory that its instances may have together. 0: as much as the host has."),
      texts("gpus", &Host::gpus, gpu,
            "GPUs that its instances may be given, each to one at a time: a PCI device such as "
            "\"pci:0000:3b:00.0\", or a mediated one, \"mdev:UUID\"."),
      text("region", &Host::region, object_name,
           "Where it stands, by a name of your choice: [price.NAME] may hold for regions."),
  };
  return keys;
}

const Keys<Pool>& pool_keys() {
  static const Keys<Pool> keys{
      text("image", &Pool::image, object_name, "The image below image_dir that instances are made from."),
      texts("hosts", &Pool::hosts, object_name,
            "The hosts it may use. Empty: all that run the like of its image."),
      integer("floor", &Pool::floor, 0, most_instances, "Ghosts that are kept warm at any time."),
      integer("size", &Pool::size, 0, most_instances,
              "Instances in use and warm together; ghosts are kept until the pool has this many."),
      integer("max", &Pool::max, 0, most_instances, "Never more instances than this."),
      integer("parallel", &Pool::parallel, 1, 256, "Instances that are provisioned at once."),
      boolean("on_demand", &Pool::on_demand,
              "Whether 'session assign' may provision an instance when no ghost is left."),
      integer("vcpus", &Pool::vcpus, 1, 1'024, "Virtual processors of an instance."),
      size("memory", &Pool::memory_bytes, 16 * mib, 64 * tib, "Memory of an instance."),
      texts("users", &Pool::users, any_text,
            "fnmatch(3) patterns of the users whom it serves. Empty: everyone."),
      text(
          "ghost_mode", &Pool::ghost_mode, ghost_mode,
          "How ghosts and shadows wait: \"booted\" they run with what 'minimal_…' says, \"paused\" they take "
          "no processor time, \"saved\" no memory either, but are woken from the disk. Podman cannot save, "
          "and Kubernetes not pause: there they are paused, or run."),
      integer("minimal_vcpus", &Pool::minimal_vcpus, 0, 1'024,
              "Virtual processors of an instance that nobody uses. 0: 'vcpus'."),
      size("minimal_memory", &Pool::minimal_memory_bytes, 0, 64 * tib,
           "Memory of an instance that nobody uses, and that it boots with. 0: 'memory'."),
      size("minimal_network_rate", &Pool::minimal_network_rate, 0, tib,
           "Bytes a second, each way, of an instance that nobody uses. 0: 'network_rate'."),
      size("minimal_storage_rate", &Pool::minimal_storage_rate, 0, tib,
           "Bytes a second of each of its disks. 0: 'storage_rate'."),
      size("network_rate", &Pool::network_rate, 0, tib,
           "Bytes a second, each way, of an instance in use. 0: not limited."),
      size("storage_rate", &Pool::storage_rate, 0, tib,
           "Bytes a second of each disk of an instance in use. 0: not limited."),
      integer("gpus", &Pool::gpus, 0, 16,
              "GPUs of an instance in use, out of its host's 'gpus'; of a pod, those that the cluster has."),
      integer("grace_minutes", &Pool::grace_minutes, 0, 525'600,
              "Minutes after which a disconnected session is captured and ended."),
      integer("ahead_minutes", &Pool::ahead_minutes, 1, 1'440,
              "How many minutes ahead of a user's likely return their shadow is inflated."),
      number("wait_cost", &Pool::wait_cost, most_money,
             "What a minute costs that a user waits for a desktop, in money of any currency. The more it is "
             "beside idle_cost, the more ghosts stand ready."),
      number("idle_cost", &Pool::idle_cost, most_money,
             "What a minute costs that a ghost stands ready. Unset: by the prices of [price.NAME] "
             "and the pool's memory and vcpus; without prices 0.02."),
      integer("served_percent", &Pool::served_percent, 0, 99,
              "In at least so many of 100 windows, each as long as a ghost takes to come, everybody who "
              "comes is to find one. Costs decide above that."),
      integer("max_shadows", &Pool::max_shadows, 0, most_instances, "Never more shadows than this; 0: none."),
      texts("schedule", &Pool::schedule, scheduled_ghosts,
            "Times at which there are at least so many ghosts, whatever is foretold: days, times of the day "
            "by time_zone, a number."),
      boolean("instant_attach", &Pool::instant_attach,
              "Whether a user's persona volume is attached at once, and read from the snapshot store until "
              "'persona localise' has copied it. Its image must be without a persona volume."),
      texts("mount_volume", &Pool::mount_volume, any_text,
            "What mounts such a volume: a command and its arguments, run as root in the guest. Empty: the "
            "guest does so by itself."),
      size("copy_rate", &Pool::copy_rate, 0, tib,
           "Bytes a second at which such a volume is copied. 0: not limited."),
  };
  return keys;
}

const Keys<Capture>& capture_keys() {
  static const Keys<Capture> keys{
      texts("include", &Capture::include, home_path, "Paths below the home to capture. Empty: all of it."),
      texts("exclude", &Capture::exclude, any_text, "What is left out, as patterns of gitignore(5)."),
      texts("special_files", &Capture::special_files, special_file,
            "Which files that hold nothing are captured: \"fifo\", \"device\". Sockets never are."),
      texts("settings_files", &Capture::settings_files, any_text,
            "Files that count as settings, as patterns of gitignore(5)."),
      texts("dconf", &Capture::dconf, dconf_directory,
            "dconf directories that are captured, with all below."),
      integer("max_files", &Capture::max_files, 1, 1'000'000'000,
              "A guest that sends more files than this is refused."),
      size("max_bytes", &Capture::max_bytes, mib, 1'024 * tib,
           "A guest that sends more bytes than this is refused."),
      integer("timeout", &Capture::timeout_s, 1, 86'400, "Seconds that one capture may take."),
  };
  return keys;
}

const Keys<Keep>& keep_keys() {
  static const Keys<Keep> keys{
      integer("last", &Keep::last, 1, most_kept,
              "How many of a user's newest snapshots 'snapshot prune' keeps."),
      integer("hourly", &Keep::hourly, 0, most_kept,
              "How many hours it keeps the newest of, of those that have one."),
      integer("daily", &Keep::daily, 0, most_kept, "The same for days."),
      integer("weekly", &Keep::weekly, 0, most_kept, "The same for weeks, from Monday."),
  };
  return keys;
}

const Keys<Storage>& store_keys() {
  static const Keys<Storage> keys{
      text("encryption", &Storage::encryption, encryption,
           "How 'init' makes the snapshot store. One that is there already stays as it is."),
      text("key_file", &Storage::key_file, absolute_path,
           "The file that unlocks an encrypted store; its owner alone may read it. 64 random hexadecimal "
           "digits "
           "are best ('openssl rand -hex 32'); a passphrase costs each command some 0.1 s. --key-file wins."),
      texts("key_command", &Storage::key_command, any_text,
            "A command that prints the key, in place of a file. --key-command wins."),
  };
  return keys;
}

const Keys<History>& history_keys() {
  static const Keys<History> keys{
      integer("samples_days", &History::samples_days, 1, most_days,
              "Days that 'event rollup' keeps single samples of use for."),
      integer("five_minutes_days", &History::five_minutes_days, 1, most_days,
              "Days that their means and maxima of five minutes are kept for."),
      integer("days", &History::days, 1, most_days,
              "Days that those of hours, and all else that is recorded, are kept for."),
      integer("session_hours", &History::session_hours, 1, 1'000,
              "A session of which no end was recorded counts as that long."),
  };
  return keys;
}

const Keys<Forecast>& forecast_keys() {
  static const Keys<Forecast> keys{
      integer("horizon_hours", &Forecast::horizon_hours, 1, 168, "How far ahead 'predict forecast' looks."),
      integer("step_minutes", &Forecast::step_minutes, 15, 60,
              "Steps of the demand profiles that are given out: 15, 30 or 60 minutes."),
      integer("margin_percent", &Forecast::margin_percent, 0, 50,
              "'predict promote' takes a model that loses at least so much less than the one in force."),
      integer("drift_percent", &Forecast::drift_percent, 1, 1000,
              "Forecasts have drifted when they lose so much more than their model's test promised: then "
              "'predict train --if-drifted' trains."),
      integer("minimum_group", &Forecast::minimum_group, 2, 100000,
              "Where users work is shown and exported only of groups of at least so many."),
      texts("excluded", &Forecast::excluded, any_text,
            "Times that nothing is learnt from, such as an outage: FROM/UNTIL, each as in RFC 3339."),
  };
  return keys;
}

const Keys<Application>& application_keys() {
  static const Keys<Application> keys{
      text("executable", &Application::executable, any_text,
           "fnmatch(3) pattern of the executable's path; for a script, of the script's path. Required."),
      boolean("relaunch", &Application::relaunch, "Whether it is started again with a restored persona."),
      texts("install", &Application::install, any_text,
            "Command run as root in the guest when the executable is missing."),
      texts("configure", &Application::configure, any_text, "Command run as the user before the launch."),
      texts("command", &Application::command, any_text,
            "Command by which a mode starts it, its program with the whole path. Without, modes do not."),
  };
  return keys;
}

const Keys<Mode>& mode_keys() {
  static const Keys<Mode> keys{
      texts("applications", &Mode::applications, object_name,
            "What is used in it: names of [application.NAME]."),
      integer("cpus", &Mode::cpus, 0, 1'024,
              "Processors that a desktop has in it, between its pool's minimal and full ones; forecasts "
              "expect so "
              "many at most until hours in it were measured. 0: the pool says."),
      size("memory", &Mode::memory_bytes, 0, 64 * tib, "The same of memory."),
  };
  return keys;
}

const Keys<Stage>& stage_keys() {
  const auto share = [](const std::string& name, int domain::Shares::*member, const std::string& of) {
    Key<domain::Shares> key = integer(name, member, 0, 100,
                                      "How much of " + of +
                                          " it gives, in percent of what lies between "
                                          "minimal and full.");
    return Key<Stage>{key.name, key.type, key.meaning,
                      [set = key.set](Stage& stage, const Value& value) { set(stage.shares, value); },
                      [get = key.get](const Stage& stage) { return get(stage.shares); }};
  };
  static const Keys<Stage> keys{
      integer("probability", &Stage::probability, 0, 100,
              "The stage begins when a user returns with this probability, in percent, within "
              "'ahead_minutes' of their pool."),
      share("memory", &domain::Shares::memory, "the memory"),
      share("vcpus", &domain::Shares::vcpus, "the processors"),
      share("network", &domain::Shares::network, "the network's rate"),
      share("storage", &domain::Shares::storage, "the disks' rate"),
      share("gpus", &domain::Shares::gpus, "the GPUs: all from 100 on, none below,"),
  };
  return keys;
}

const Keys<Scale>& scale_keys() {
  static const Keys<Scale> keys{
      texts("pools", &Scale::pools, object_name, "The pools that it goes for. Empty: all of them."),
      text("metric", &Scale::metric, scale_metric,
           "What is looked at: the use of what a desktop has, or how many of a pool's instances are in use."),
      optional_integer("above_percent", &Scale::above_percent, 0, 100, "It holds while more is used."),
      optional_integer("below_percent", &Scale::below_percent, 0, 100, "Or while less is."),
      integer("minutes", &Scale::minutes, 1, 1'440, "For so long without a break; then something changes."),
      text("scale", &Scale::scale, scaled_thing, "What changes."),
      integer("by", &Scale::by, -1'048'576, 1'048'576,
              "By how much: processors, MiB of memory, or instances; below 0 it is taken away."),
      optional_integer("limit", &Scale::limit, 0, 1'048'576, "Not beyond this, in the same unit."),
  };
  return keys;
}

const Keys<Price>& price_keys() {
  static const Keys<Price> keys{
      texts("hosts", &Price::hosts, object_name,
            "The hosts that it holds for. Empty, and no 'regions' either: all of them."),
      texts("regions", &Price::regions, object_name,
            "The regions that it holds for: all hosts that name one of them as their 'region'. Where another "
            "price names the host itself, that one goes first."),
      number("cpu_hour", &Price::cpu_hour, most_money, "For each virtual processor and hour."),
      number("gib_hour", &Price::gib_hour, most_money, "For each GiB of memory and hour."),
      number("gpu_hour", &Price::gpu_hour, most_money, "For each GPU and hour."),
      number("host_hour", &Price::host_hour, most_money,
             "For the host itself and hour; the instances on it share that."),
      text("days", &Price::days, weekdays, "The days on which it holds, by time_zone. Unset: every day."),
      text("from", &Price::from, time_of_day, "When it begins to hold on such a day. Unset: \"00:00\"."),
      text("until", &Price::until, time_of_day,
           "When it ceases; before 'from', on the next day. Unset: \"24:00\"."),
  };
  return keys;
}

const Keys<Spot>& spot_keys() {
  static const Keys<Spot> keys{
      text("file", &Spot::file, absolute_path,
           "A file with the prices of the moment and the risk of eviction, host by host, that something else "
           "keeps up to date: JSON or CSV, as deskloom-pool(1) describes."),
      integer("max_age_minutes", &Spot::max_age_minutes, 1, 10'080,
              "A file that was changed longer ago counts as not there, and this is said."),
  };
  return keys;
}

}  // namespace deskloom::policy
