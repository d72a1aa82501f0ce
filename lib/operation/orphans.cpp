#include "operation/orphans.hpp"

#include <map>
#include <set>

#include "base/error.hpp"
#include "operation/provision.hpp"

namespace deskloom::operation {
namespace {

using domain::InstanceState;

bool should_run(const domain::Instance& instance) {
  const bool is_made = instance.state == InstanceState::warm || domain::holds_persona(instance.state);
  return is_made && instance.power != domain::Power::saved;
}

}  // namespace

std::vector<Orphan> orphans_on(const World& world, const std::string& host) {
  // In this order: what is made has its row before.
  const auto residents = world.host(host).residents(instance_root(world.policy, host));
  std::vector<Orphan> orphans;
  for (const auto& resident : residents) {
    const auto row = world.state.instances.find(resident.name);
    const bool is_here = row && row->host == host && domain::is_live(row->state);
    if (is_here) continue;
    // Hosts may share a directory: the files of one are not the other's orphan.
    const bool is_elsewhere = row && row->host != host && domain::is_live(row->state);
    if (is_elsewhere && !resident.has_domain) continue;
    orphans.push_back({resident.name, host, resident.has_domain, resident.has_files && !is_elsewhere,
                       row && row->state == InstanceState::reclaimed});
  }
  return orphans;
}

std::optional<Orphan> find_orphan(const World& world, const std::string& name) {
  for (const auto& [host, settings] : world.policy.hosts) {
    try {
      for (const auto& orphan : orphans_on(world, host))
        if (orphan.name == name) return orphan;
    } catch (const base::Error& e) {
      if (e.kind() != base::ErrorKind::host_unreachable) throw;
      world.say(e.what());
    }
  }
  return std::nullopt;
}

void remove_orphan(const World& world, const Orphan& orphan) {
  world.host(orphan.host).destroy(orphan.name, instance_root(world.policy, orphan.host) / orphan.name);
}

std::vector<Orphan> clean_up(const World& world, const std::string& host) {
  std::vector<Orphan> removed;
  for (const auto& orphan : orphans_on(world, host)) {
    if (orphan.was_reclaimed) {
      remove_orphan(world, orphan);
      removed.push_back(orphan);
    } else {
      world.say("host " + host + " has an instance " + orphan.name +
                " that the state store does not know: 'deskloom instance destroy " + orphan.name +
                "' removes it");
    }
  }
  return removed;
}

std::vector<domain::Instance> lost_instances(const World& world, const state::InstanceFilter& filter) {
  std::map<std::string, std::set<std::string>> running;
  std::vector<domain::Instance> lost;
  for (const auto& instance : world.state.instances.list(filter)) {
    if (!should_run(instance)) continue;
    if (!running.contains(instance.host)) {
      const auto names = world.host(instance.host).running();
      running[instance.host] = {names.begin(), names.end()};
    }
    if (!running[instance.host].contains(instance.name)) lost.push_back(instance);
  }
  return lost;
}

}  // namespace deskloom::operation
