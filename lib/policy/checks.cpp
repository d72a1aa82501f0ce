#include "policy/checks.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "domain/weekly_window.hpp"

namespace deskloom::policy {
namespace {

std::vector<std::string> names_of(const std::map<std::string, Host>& hosts) {
  std::vector<std::string> names;
  for (const auto& [name, host] : hosts) names.push_back(name);
  return names;
}

void refuse_other_engine(const Host& host, const std::string& key, const std::string& engine,
                         const Origins& origins) {
  const auto set = origins.find("host." + host.name + "." + key);
  if (set == origins.end()) return;
  throw error_at(
      set->second,
      "host '" + host.name + "' has '" + key + "', which says nothing to engine '" + host.engine + "'",
      "leave it out, or set engine = \"" + engine + "\"");
}

void check_engine(const Host& host, const Origins& origins) {
  if (host.engine != "libvirt") {
    for (const char* key : {"uri", "accelerator", "gpus"}) refuse_other_engine(host, key, "libvirt", origins);
  }
  if (host.engine != "kubernetes") {
    for (const char* key : {"context", "namespace"}) refuse_other_engine(host, key, "kubernetes", origins);
  }
}

// Of a section such as [pool.office].
template <typename Section>
void check_hosts(const std::string& kind, const Section& section, const Policy& policy,
                 const Origins& origins) {
  for (const auto& name : section.hosts) {
    if (policy.hosts.contains(name)) continue;
    const auto known = names_of(policy.hosts);
    const auto near = base::nearest(name, known);
    throw error_at(
        origins.at(kind + "." + section.name + ".hosts"),
        kind + " '" + section.name + "' uses host '" + name + "', but there is no [host." + name + "]",
        near ? "did you mean '" + *near + "'?" : "hosts: " + base::join(known, ", "));
  }
}

void check_regions(const Price& price, const Policy& policy, const Origins& origins) {
  std::set<std::string> regions;
  for (const auto& [name, host] : policy.hosts)
    if (host.region) regions.insert(*host.region);
  const std::vector<std::string> known(regions.begin(), regions.end());
  for (const auto& region : price.regions) {
    if (regions.contains(region)) continue;
    const auto near = base::nearest(region, known);
    throw error_at(origins.at("price." + price.name + ".regions"),
                   "price '" + price.name + "' is for region '" + region + "', but no host stands there",
                   near            ? "did you mean '" + *near + "'?"
                   : known.empty() ? "set 'region' in the hosts' sections"
                                   : "regions: " + base::join(known, ", "));
  }
}

void check_schedule(const Pool& pool, const Origins& origins) {
  for (const std::string& text : pool.schedule) {
    const int ghosts = domain::parse_scheduled_ghosts(text)->ghosts;
    if (ghosts <= pool.max) continue;
    throw error_at(origins.at("pool." + pool.name + ".schedule"),
                   "pool '" + pool.name + "' has " + std::to_string(ghosts) +
                       " ghosts in its schedule, above its max " + std::to_string(pool.max),
                   "raise max, or lower the number in \"" + text + "\"");
  }
}

// value must not be above max; the message stands where value was set, or else where max was.
void check_below_max(const Pool& pool, const std::string& key, int value, const Origins& origins) {
  if (value <= pool.max) return;
  const std::string section = "pool." + pool.name;
  const auto set = origins.find(section + "." + key);
  throw error_at(set != origins.end() ? set->second : origins.at(section + ".max"),
                 "pool '" + pool.name + "' has " + key + " " + std::to_string(value) + ", above its max " +
                     std::to_string(pool.max),
                 "raise max or lower " + key);
}

// What nobody uses must not have more than what somebody uses; a rate of 0 is no limit.
void check_minimal(const Pool& pool, const Origins& origins) {
  const auto refuse = [&](const std::string& key, const std::string& full_key) {
    throw error_at(origins.at("pool." + pool.name + "." + key),
                   "pool '" + pool.name + "' has more '" + key + "' than '" + full_key + "'",
                   "lower " + key + " or raise " + full_key);
  };
  if (pool.minimal_vcpus > pool.vcpus) refuse("minimal_vcpus", "vcpus");
  if (pool.minimal_memory_bytes > pool.memory_bytes) refuse("minimal_memory", "memory");
  if (pool.network_rate != 0 && pool.minimal_network_rate > pool.network_rate)
    refuse("minimal_network_rate", "network_rate");
  if (pool.storage_rate != 0 && pool.minimal_storage_rate > pool.storage_rate)
    refuse("minimal_storage_rate", "storage_rate");
}

// What no host of the pool can hold a container to.
void check_rates(const Pool& pool, const Policy& policy, const Origins& origins) {
  bool has_machines = false, has_cluster = false;
  for (const auto& [name, host] : policy.hosts) {
    if (!pool.hosts.empty() && std::ranges::find(pool.hosts, name) == pool.hosts.end()) continue;
    has_machines = has_machines || host.engine == "libvirt";
    has_cluster = has_cluster || host.engine == "kubernetes";
  }
  const auto refuse = [&](const char* key, std::uint64_t value, const std::string& engines) {
    if (value == 0) return;
    throw error_at(origins.at("pool." + pool.name + "." + key),
                   "pool '" + pool.name + "' has '" + key + "', which none of its hosts can give containers",
                   "leave it out, or name a host with engine = " + engines);
  };
  if (has_machines || policy.hosts.empty()) return;
  refuse("storage_rate", pool.storage_rate, "\"libvirt\"");
  refuse("minimal_storage_rate", pool.minimal_storage_rate, "\"libvirt\"");
  if (has_cluster) return;
  refuse("network_rate", pool.network_rate, "\"libvirt\" or \"kubernetes\"");
  refuse("minimal_network_rate", pool.minimal_network_rate, "\"libvirt\" or \"kubernetes\"");
  refuse("gpus", pool.gpus, "\"libvirt\" or \"kubernetes\"");
}

void check_store(const Storage& store, const Origins& origins) {
  if (store.key_file && !store.key_command.empty()) {
    throw error_at(origins.at("store.key_command"), "[store] has both 'key_file' and 'key_command'",
                   "keep the one that has the key");
  }
  if (store.encryption == "none" || store.key_file || !store.key_command.empty()) return;
  throw error_at(origins.at("store.encryption"), "[store] is to be encrypted and names no key",
                 "set 'key_file' or 'key_command'");
}

// Steps are made of whole quarters of an hour, and make up whole hours.
void check_forecast(const Forecast& forecast, const Origins& origins) {
  constexpr std::array steps{15, 30, 60};
  if (std::ranges::find(steps, forecast.step_minutes) != steps.end()) return;
  throw error_at(origins.at("forecast.step_minutes"),
                 "[forecast] has step_minutes " + std::to_string(forecast.step_minutes), "use 15, 30 or 60");
}

void check_mode(const Mode& mode, const Policy& policy, const Origins& origins) {
  std::vector<std::string> known;
  for (const Application& application : policy.applications) known.push_back(application.name);
  for (const std::string& name : mode.applications) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const auto near = base::nearest(name, known);
    throw error_at(origins.at("mode." + mode.name + ".applications"),
                   "mode '" + mode.name + "' uses application '" + name + "', but there is no [application." +
                       name + "]",
                   near ? "did you mean '" + *near + "'?" : "describe it, or leave it out");
  }
}

void check_application(const Application& application, const Origins& origins) {
  if (application.command.empty() || application.command.front().starts_with('/')) return;
  throw error_at(origins.at("application." + application.name + ".command"),
                 "[application." + application.name + "] is started by '" + application.command.front() +
                     "', which is no whole path",
                 "write it as \"/usr/bin/" + application.command.front() + "\"");
}

void check_scale(const Scale& scale, const Policy& policy, const Origins& origins) {
  const std::string section = "scale." + scale.name;
  const auto refuse = [&](const std::string& complaint, const std::string& hint) {
    throw error_at(origins.at(section), "[" + section + "] " + complaint, hint);
  };
  if (scale.above_percent.has_value() == scale.below_percent.has_value())
    refuse("needs one of 'above_percent' and 'below_percent'", "name one");
  if (scale.by == 0) refuse("has by 0, which changes nothing", "name how much more, or less");
  if ((scale.metric == "instances") != (scale.scale == "instances"))
    refuse("looks at " + scale.metric + " and changes " + scale.scale,
           "metric \"instances\" and scale \"instances\" go together");
  for (const auto& pool : scale.pools) {
    if (policy.pools.contains(pool)) continue;
    refuse("is for pool '" + pool + "', but there is no [pool." + pool + "]", "describe it, or leave it out");
  }
}

}  // namespace

void check(const Policy& policy, const Origins& origins) {
  for (const auto& [name, host] : policy.hosts) check_engine(host, origins);
  for (const auto& [name, pool] : policy.pools) {
    check_hosts("pool", pool, policy, origins);
    check_schedule(pool, origins);
    check_below_max(pool, "floor", pool.floor, origins);
    check_below_max(pool, "size", pool.size, origins);
    check_minimal(pool, origins);
    check_rates(pool, policy, origins);
  }
  check_store(policy.store, origins);
  check_forecast(policy.forecast, origins);
  for (const Application& application : policy.applications) check_application(application, origins);
  for (const auto& [name, mode] : policy.modes) check_mode(mode, policy, origins);
  for (const auto& [name, scale] : policy.scales) check_scale(scale, policy, origins);
  for (const auto& [name, price] : policy.prices) {
    check_hosts("price", price, policy, origins);
    check_regions(price, policy, origins);
  }
  for (const auto& application : policy.applications) {
    if (application.executable.empty())
      throw error_at(origins.at("application." + application.name),
                     "[application." + application.name + "] has no 'executable'",
                     "name the executable by which it is recognised");
  }
}

}  // namespace deskloom::policy
