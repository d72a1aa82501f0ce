#include "plan/components.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "base/text.hpp"

namespace deskloom::plan {
namespace {

constexpr int most_tried = 100'000;

// Components that go to one host, as one.
struct Group {
  std::vector<std::size_t> members;
  std::uint64_t memory_bytes = 0;
  bool has_containers = false, has_machines = false, needs_cluster = false;
  std::vector<std::size_t> apart_from;  // other groups
};

class Grouping {
 public:
  explicit Grouping(std::span<const ComponentWish> wishes) : wishes_(wishes), leader_(wishes.size()) {
    std::iota(leader_.begin(), leader_.end(), std::size_t{0});
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      for (const std::string& name : wishes[i].together_with) {
        if (const auto other = find(name)) leader_[root(i)] = root(*other);
      }
    }
  }

  std::vector<Group> groups() {
    std::map<std::size_t, std::size_t> numbers;
    std::vector<Group> groups;
    for (std::size_t i = 0; i < wishes_.size(); ++i) {
      const auto [found, is_new] = numbers.try_emplace(root(i), groups.size());
      if (is_new) groups.emplace_back();
      Group& group = groups[found->second];
      group.members.push_back(i);
      group.memory_bytes += wishes_[i].memory_bytes;
      (wishes_[i].is_container ? group.has_containers : group.has_machines) = true;
      group.needs_cluster = group.needs_cluster || wishes_[i].needs_cluster;
    }
    for (std::size_t i = 0; i < wishes_.size(); ++i) keep_apart(i, numbers, groups);
    return groups;
  }

 private:
  std::optional<std::size_t> find(const std::string& name) const {
    const auto found = std::ranges::find(wishes_, name, &ComponentWish::name);
    if (found == wishes_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - wishes_.begin());
  }

  std::size_t root(std::size_t i) const {
    while (leader_[i] != i) i = leader_[i];
    return i;
  }

  void keep_apart(std::size_t i, const std::map<std::size_t, std::size_t>& numbers,
                  std::vector<Group>& groups) const {
    for (const std::string& name : wishes_[i].apart_from) {
      const auto other = find(name);
      if (!other) continue;
      const std::size_t a = numbers.at(root(i)), b = numbers.at(root(*other));
      groups[a].apart_from.push_back(b);
      groups[b].apart_from.push_back(a);
    }
  }

  std::span<const ComponentWish> wishes_;
  std::vector<std::size_t> leader_;
};

// Whether the host is of the kind that the group needs.
bool is_for(const ComponentHost& host, const Group& group) {
  if (host.runs_containers ? group.has_machines : group.has_containers) return false;
  return host.is_cluster || !group.needs_cluster;
}

std::string names_of(const Group& group, std::span<const ComponentWish> wishes) {
  std::vector<std::string> names;
  for (const std::size_t member : group.members) names.push_back(wishes[member].name);
  return base::join(names, ", ");
}

// Depth first over the groups, the largest first; what does not fit is tried elsewhere.
class Search {
 public:
  Search(const std::vector<Group>& groups, std::vector<ComponentHost> hosts)
      : groups_(groups), hosts_(std::move(hosts)), chosen_(groups.size()) {
    order_.resize(groups.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(order_, [&](std::size_t a, std::size_t b) {
      return groups[a].memory_bytes > groups[b].memory_bytes;
    });
    std::ranges::sort(hosts_, [](const ComponentHost& a, const ComponentHost& b) {
      return std::tuple(a.instances, a.name) < std::tuple(b.instances, b.name);
    });
  }

  bool run() { return place(0); }
  const std::string& host_of(std::size_t group) const { return hosts_[*chosen_[group]].name; }

 private:
  bool place(std::size_t depth) {
    if (depth == order_.size()) return true;
    const std::size_t number = order_[depth];
    for (std::size_t at = 0; at < hosts_.size(); ++at) {
      if (++tried_ > most_tried) return false;
      if (!fits(groups_[number], at)) continue;
      chosen_[number] = at;
      take(at, groups_[number].memory_bytes);
      if (place(depth + 1)) return true;
      give_back(at, groups_[number].memory_bytes);
      chosen_[number].reset();
    }
    return false;
  }

  bool fits(const Group& group, std::size_t at) const {
    const ComponentHost& host = hosts_[at];
    if (!is_for(host, group)) return false;
    if (host.free_memory_bytes && *host.free_memory_bytes < group.memory_bytes) return false;
    return std::ranges::none_of(group.apart_from, [&](std::size_t other) { return chosen_[other] == at; });
  }

  void take(std::size_t at, std::uint64_t bytes) {
    if (auto& free = hosts_[at].free_memory_bytes) *free -= bytes;
  }
  void give_back(std::size_t at, std::uint64_t bytes) {
    if (auto& free = hosts_[at].free_memory_bytes) *free += bytes;
  }

  const std::vector<Group>& groups_;
  std::vector<ComponentHost> hosts_;
  std::vector<std::size_t> order_;
  std::vector<std::optional<std::size_t>> chosen_;
  int tried_ = 0;
};

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

// What can be said of one group alone; empty: nothing.
std::string contradiction(const Group& group, std::size_t number, std::span<const ComponentWish> wishes) {
  const std::string names = names_of(group, wishes);
  if (group.has_containers && group.has_machines)
    return names + " are to be on one host, but are containers and virtual machines";
  if (std::ranges::find(group.apart_from, number) != group.apart_from.end())
    return names + " are to be on one host and apart from each other";
  return {};
}

std::string why_none(const std::vector<Group>& groups, std::span<const ComponentWish> wishes,
                     std::span<const ComponentHost> hosts) {
  for (std::size_t number = 0; number < groups.size(); ++number) {
    const Group& group = groups[number];
    if (auto said = contradiction(group, number, wishes); !said.empty()) return said;
    const bool has_kind =
        std::ranges::any_of(hosts, [&](const ComponentHost& host) { return is_for(host, group); });
    if (!has_kind)
      return fmt::format("no host runs {} for {}",
                         group.needs_cluster    ? "containers with rates or GPUs"
                         : group.has_containers ? "containers"
                                                : "virtual machines",
                         names_of(group, wishes));
    const bool has_room = std::ranges::any_of(hosts, [&](const ComponentHost& host) {
      return is_for(host, group) && host.free_memory_bytes.value_or(group.memory_bytes) >= group.memory_bytes;
    });
    if (!has_room)
      return fmt::format("no host has {} of memory free for {}", base::human_size(group.memory_bytes),
                         names_of(group, wishes));
  }
  return "no way to spread the components over " + std::to_string(hosts.size()) +
         " hosts gives each its room, and keeps those apart that are to be";
}

}  // namespace

ComponentPlacement place_components(std::span<const ComponentWish> wishes,
                                    std::span<const ComponentHost> hosts) {
  const auto groups = Grouping(wishes).groups();
  Search search(groups, {hosts.begin(), hosts.end()});
  for (std::size_t number = 0; number < groups.size(); ++number) {
    if (auto said = contradiction(groups[number], number, wishes); !said.empty()) return {{}, said};
  }
  if (!search.run()) return {{}, why_none(groups, wishes, hosts)};
  std::vector<ComponentPlace> places(wishes.size());
  for (std::size_t number = 0; number < groups.size(); ++number) {
    for (const std::size_t member : groups[number].members)
      places[member] = {wishes[member].name, search.host_of(number)};
  }
  return {std::move(places), ""};
}

std::optional<std::string> place_elsewhere(std::span<const ComponentWish> wishes,
                                           std::span<const ComponentPlace> places,
                                           const std::string& component,
                                           std::span<const ComponentHost> hosts) {
  const auto wish = std::ranges::find(wishes, component, &ComponentWish::name);
  if (wish == wishes.end()) return std::nullopt;
  std::vector<ComponentHost> left(hosts.begin(), hosts.end());
  for (const ComponentPlace& place : places) {
    const auto other = std::ranges::find(wishes, place.component, &ComponentWish::name);
    if (other == wishes.end()) continue;
    const bool is_itself = place.component == component;
    const bool is_apart = names(wish->apart_from, place.component) || names(other->apart_from, component);
    const bool is_together =
        names(wish->together_with, place.component) || names(other->together_with, component);
    std::erase_if(left, [&](const ComponentHost& host) {
      return (is_itself || is_apart) ? host.name == place.host : is_together && host.name != place.host;
    });
  }
  const ComponentWish alone{wish->name, wish->is_container, wish->memory_bytes, {}, {}, wish->needs_cluster};
  const auto placement = place_components(std::span(&alone, 1), left);
  if (!placement.problem.empty()) return std::nullopt;
  return placement.places.front().host;
}

}  // namespace deskloom::plan
