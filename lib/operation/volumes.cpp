#include "operation/volumes.hpp"

#include <algorithm>
#include <ranges>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/captures.hpp"
#include "operation/provision.hpp"
#include "persona/capture.hpp"
#include "state/leases.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using base::ErrorKind;

constexpr const char* layer_name = "volume";
constexpr const char* disk_name = "persona";
constexpr std::uint64_t first_bytes = 64ULL << 20;
constexpr int captures_searched = 20;
constexpr auto mount_time = std::chrono::seconds(60);
constexpr int captures_of_files = 3;
constexpr std::size_t most_files = 64;

// Less urgent than anything the user does.
constexpr const char* read_script =
    "renice -n 19 $$ >/dev/null 2>&1; left=67108864; "
    "for file; do [ $left -gt 0 ] && [ -f \"$file\" ] || continue; "
    "read=$(head -c $left \"$file\" | wc -c); left=$((left - read)); done";

const snapshot::Layer& volume_layer(const snapshot::Snapshot& snapshot) {
  if (const auto* layer = snapshot.layer(layer_name)) return *layer;
  throw Error(ErrorKind::usage, "snapshot " + snapshot.id + " has no volume",
              "'deskloom persona capture --volume' captures one");
}

fleet::ServedVolume served(const World& world, const domain::Instance& instance,
                           const state::Volume& volume) {
  return {disk_name, instance_directory(world.policy, instance), volume.size_bytes,
          world.volume_server(volume.snapshot)};
}

std::uint64_t copy_rate(const World& world, const domain::Instance& instance) {
  const auto pool = world.policy.pools.find(instance.pool);
  return pool == world.policy.pools.end() ? 0 : pool->second.copy_rate;
}

// The user's captures that are not newer than the snapshot, itself first.
std::vector<domain::SnapshotRecord> captures_until(const World& world, const std::string& user,
                                                   const std::string& snapshot) {
  auto records = recorded_catalogue(world.state, world.snapshots)->list(user, captures_searched);
  records.erase(records.begin(), std::ranges::find(records, snapshot, &domain::SnapshotRecord::id));
  return records;
}

// Of these, the volumes of those that have one.
std::vector<snapshot::Layer> volumes_until(const World& world, const std::string& user,
                                           const std::string& snapshot) {
  std::vector<snapshot::Layer> layers;
  for (const auto& record : captures_until(world, user, snapshot)) {
    const auto stored = world.snapshots().get(record.id);
    if (const auto* layer = stored.layer(layer_name)) layers.push_back(*layer);
  }
  return layers;
}

std::chrono::milliseconds agent_time(const World& world) {
  return std::chrono::seconds(world.policy.agent_timeout_s);
}

void localise_one(const World& world, Localised& one) {
  const state::LeaseGuard lease(world.state.leases, "user:" + one.instance.user.value_or(""),
                                "persona localise", std::chrono::milliseconds(0), {});
  one.locality = world.host(one.instance.host)
                     .localise_volume(one.instance.name, served(world, one.instance, one.volume),
                                      copy_rate(world, one.instance));
  if (!one.locality.is_local) return;
  one.volume.local_at = world.clock.now();
  world.state.volumes.set_local(one.instance.name, *one.volume.local_at);
}

void try_localise(const World& world, Localised& one) {
  try {
    localise_one(world, one);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    one.error = error.what();
  }
}

}  // namespace

std::optional<std::string> volume_for(const World& world, const std::string& user,
                                      const std::string& snapshot) {
  if (world.snapshots().get(snapshot).layer(layer_name) != nullptr) return snapshot;
  const auto newest = newest_with_layer(world.snapshots(), *recorded_catalogue(world.state, world.snapshots),
                                        user, layer_name);
  return newest ? std::optional(newest->id) : std::nullopt;
}

std::vector<fleet::ByteRange> written_lately(const World& world, const std::string& user,
                                             const std::string& snapshot, std::uint64_t limit_bytes) {
  const auto volumes = volumes_until(world, user, snapshot);
  std::vector<fleet::ByteRange> ranges;
  for (std::size_t i = 1; i < volumes.size() && limit_bytes > 0; ++i) {
    for (const auto& range : world.snapshots().differing_ranges(volumes[i], volumes[i - 1])) {
      const std::uint64_t length = std::min(range.size, limit_bytes);
      if (length == 0) break;
      ranges.push_back({range.offset, length});
      limit_bytes -= length;
    }
  }
  return ranges;
}

// On record before it is attached: from then on its snapshot stays.
void attach_volume(const World& world, const domain::Instance& instance, const std::string& snapshot) {
  const auto size = volume_layer(world.snapshots().get(snapshot)).size_bytes;
  world.state.volumes.put({instance.name, snapshot, size, world.clock.now(), std::nullopt});
  const auto volume = *world.state.volumes.of(instance.name);
  world.host(instance.host)
      .attach_volume(instance.name, served(world, instance, volume),
                     written_lately(world, instance.user.value_or(""), snapshot, first_bytes),
                     agent_time(world));
}

void mount_volume(const World& world, const domain::Instance& instance) {
  const auto pool = world.policy.pools.find(instance.pool);
  if (pool == world.policy.pools.end() || pool->second.mount_volume.empty()) return;
  const auto& argv = pool->second.mount_volume;
  const auto mounted = world.host(instance.host).exec(instance.name, argv, mount_time);
  if (mounted.exit_code == 0) return;
  throw Error(ErrorKind::guest,
              argv.front() + " fails in instance " + instance.name + " with " +
                  std::to_string(mounted.exit_code) + ": " + base::printable(mounted.err).substr(0, 300),
              "it is 'mount_volume' of [pool." + instance.pool + "]");
}

std::vector<std::string> open_lately(const World& world, const std::string& user,
                                     const std::string& snapshot) {
  std::vector<std::string> files;
  for (const auto& record : captures_until(world, user, snapshot) | std::views::take(captures_of_files)) {
    const auto stored = world.snapshots().get(record.id);
    if (stored.layer("profile") == nullptr) continue;
    for (const auto& process : persona::load_profile(world.snapshots(), stored).processes)
      for (const auto& file : process.open_files)
        if (files.size() < most_files && std::ranges::find(files, file.path) == files.end())
          files.push_back(file.path);
  }
  return files;
}

void read_ahead(const World& world, const domain::Instance& instance, const std::string& user,
                const std::string& snapshot) {
  const auto pool = world.policy.pools.find(instance.pool);
  if (pool == world.policy.pools.end() || pool->second.mount_volume.empty()) return;
  try {
    const auto files = open_lately(world, user, snapshot);
    if (files.empty()) return;
    std::vector<std::string> argv{"/bin/sh", "-c", read_script, "sh"};
    argv.insert(argv.end(), files.begin(), files.end());
    world.host(instance.host).exec_detached(instance.name, argv);
  } catch (const Error& e) {  // an older capture is damaged, say: nothing is lost but time
    if (e.kind() == ErrorKind::interrupted) throw;
    world.say(std::string("files of the last sessions are not read ahead: ") + e.what());
  }
}

bool is_elsewhere(const World& world, const domain::Instance& instance) {
  const auto volume = world.state.volumes.of(instance.name);
  return volume && !volume->local_at;
}

std::vector<Localised> not_local(const World& world, const std::optional<std::string>& name) {
  std::vector<Localised> found;
  for (const auto& volume : world.state.volumes.elsewhere()) {
    const auto instance = world.state.instances.get(volume.instance);
    if (name && *name != instance.name && instance.user != name) continue;
    if (instance.state != domain::InstanceState::failed) found.push_back({instance, volume, {}, ""});
  }
  const bool is_known =
      !name || !found.empty() || world.state.instances.find(*name) || world.state.instances.of_user(*name);
  if (is_known) return found;
  throw Error(ErrorKind::not_found,
              "'" + base::printable(*name) + "' is no instance, and no user who has one",
              "'deskloom instance list' shows those there are");
}

std::vector<Localised> localise(const World& world, const std::optional<std::string>& name,
                                const std::function<bool()>& goes_on) {
  auto volumes = not_local(world, name);
  const auto is_open = [](const Localised& one) { return !one.locality.is_local && one.error.empty(); };
  do {
    for (auto& one : volumes) {
      if (is_open(one)) try_localise(world, one);
    }
  } while (std::ranges::any_of(volumes, is_open) && goes_on());
  return volumes;
}

}  // namespace deskloom::operation
