#include "operation/collect_use.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.hpp"
#include "history/counters.hpp"
#include "persona/capture.hpp"

namespace deskloom::operation {
namespace {

using std::chrono::seconds;

// Of snapshots, when nothing was collected yet.
constexpr std::chrono::days first_look_back{30};
// Guests tell since when a process runs; that wavers by a second from one capture to the next.
constexpr seconds same_start{5};
// Rates over a longer time say nothing of any moment in it.
constexpr std::chrono::hours counters_hold{1};
constexpr double ns_per_s = 1e9;

std::uint64_t add_connections(const state::Store& state, history::Store& store) {
  history::Recorder recorder(store);
  state.instances.each_connection([&](const std::string& user, base::Timestamp at, bool is_connect) {
    recorder.take(domain::Connection{user, at, is_connect});
  });
  return recorder.commit().added;
}

// The first process of each application, as that began it.
std::map<std::string, base::Timestamp> starts_of(const persona::Profile& profile) {
  std::map<std::string, base::Timestamp> starts;
  for (const persona::Process& process : profile.processes) {
    if (process.application.empty()) continue;
    const auto [found, is_new] = starts.try_emplace(process.application, process.started_at);
    if (!is_new) found->second = std::min(found->second, process.started_at);
  }
  return starts;
}

std::uint64_t add_launches(const persona::Profile& profile, history::Store& store) {
  history::Recorder recorder(store);
  for (const auto& [application, start] : starts_of(profile)) {
    const auto known = history::launch_near(store, profile.user, application, start, same_start);
    const auto at = known.value_or(start);
    const auto dwell = std::chrono::floor<seconds>(profile.captured_at - at);
    recorder.take(domain::Launch{profile.user, at, application, std::max<std::int64_t>(0, dwell.count())});
  }
  return recorder.commit().added;
}

void add_launches_of_snapshots(World& world, history::Store& store, CollectReport& report) {
  const auto since = history::snapshots_seen_until(store).value_or(world.clock.now() - first_look_back);
  for (const auto& [id, user, created_at] : world.state.snapshots.since(since)) {
    try {
      const auto snapshot = world.snapshots().get(id);
      if (snapshot.layer("profile") != nullptr)
        report.launches += add_launches(persona::load_profile(world.snapshots(), snapshot), store);
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::corrupt && error.kind() != base::ErrorKind::not_found) throw;
      report.failures.push_back("snapshot " + id + ": " + error.what());
    }
    history::put_snapshots_seen(store, created_at);
  }
}

// NaN where the counters do not tell: read for the first time, too long ago, or begun anew.
domain::Sample sample_of(const std::string& user, const fleet::InstanceUsage& usage,
                         const std::optional<history::Counters>& before, base::Timestamp now) {
  domain::Sample sample{user, now};
  sample[domain::Metric::memory] = static_cast<double>(usage.memory_bytes);
  if (!before || now <= before->at || now - before->at > counters_hold) return sample;
  const double elapsed_s = static_cast<double>((now - before->at).count()) / ns_per_s;
  const auto rate = [&](std::uint64_t counted, std::uint64_t earlier) {
    return counted < earlier ? domain::Sample::absent : static_cast<double>(counted - earlier) / elapsed_s;
  };
  sample[domain::Metric::cpu] = rate(usage.cpu_ns, before->cpu_ns) / ns_per_s;
  sample[domain::Metric::network] = rate(usage.network_bytes, before->network_bytes);
  sample[domain::Metric::storage] = rate(usage.storage_bytes, before->storage_bytes);
  return sample;
}

// users: by instance.
std::uint64_t add_samples(const std::vector<fleet::InstanceUsage>& usages,
                          const std::map<std::string, std::string>& users, base::Timestamp now,
                          history::Store& store) {
  history::Recorder recorder(store);
  for (const fleet::InstanceUsage& usage : usages) {
    const auto user = users.find(usage.name);
    if (user == users.end()) continue;
    recorder.take(sample_of(user->second, usage, history::last_counters(store, usage.name), now));
    history::put_counters(store, usage.name, {now, usage.cpu_ns, usage.network_bytes, usage.storage_bytes});
  }
  return recorder.commit().added;
}

void add_samples_of_hosts(World& world, history::Store& store, CollectReport& report) {
  std::map<std::string, std::map<std::string, std::string>> users;  // by instance, by host
  for (const domain::Instance& instance : world.state.instances.list()) {
    if (instance.user && instance.state == domain::InstanceState::connected)
      users[instance.host][instance.name] = *instance.user;
  }
  for (const auto& [host, of_host] : users) {
    try {
      const auto usages = world.host(host).usage();
      report.samples += add_samples(usages, of_host, world.clock.now(), store);
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::host_unreachable) throw;
      report.failures.push_back("host " + host + ": " + error.what());
    }
  }
  history::forget_counters(store, world.clock.now() - counters_hold);
}

}  // namespace

CollectReport collect_use(World& world, history::Store& store) {
  CollectReport report;
  report.connections = add_connections(world.state, store);
  add_launches_of_snapshots(world, store, report);
  add_samples_of_hosts(world, store, report);
  return report;
}

}  // namespace deskloom::operation
