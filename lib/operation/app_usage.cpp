#include "operation/app_usage.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "history/hours.hpp"
#include "history/names.hpp"

namespace deskloom::operation {
namespace {

using domain::AppSession;

constexpr std::int64_t hour_s = 3600;

// What is measured, weighted by the seconds that it holds for.
struct Mean {
  double sum = 0, weight = 0;
  void add(double value, double seconds) {
    if (!(value >= 0)) return;  // NaN: not measured
    sum += value * seconds;
    weight += seconds;
  }
  double value() const { return sum / weight; }
};

struct Tally {
  AppUse use;
  std::set<std::string> users;
  Mean cpus, memory;
};

class Counting {
 public:
  Counting(const World& world, base::Timestamp since)
      : world_(world), from_s_(base::to_seconds(since)), until_s_(base::to_seconds(world.clock.now())) {}

  void count(const AppSession& session) {
    Tally& tally = tallies_[key_of(session)];
    tally.use.persona = session.persona;
    ++tally.use.sessions;
    tally.users.insert(session.user);
    tally.use.hours += static_cast<double>(overlap_s(session, from_s_, until_s_)) / hour_s;
    if (session.ended_at) return;
    ++tally.use.open;
    add_allocation(session.instance, tally.use);
    for (const auto& part : world_.state.app_parts.of(session.id)) {
      if (part.instance) add_allocation(*part.instance, tally.use);
    }
  }

  // The samples are of users' desktops: in the hours of a session, of its persona.
  void measure(const history::Store& history, const std::vector<AppSession>& sessions) {
    const auto names = history::names_by_number(history.db(), history::NameKind::user);
    history::each_hour_of_use(history, from_s_ - from_s_ % hour_s, until_s_, [&](const auto& hour) {
      const auto name = names.find(hour.user);
      if (name == names.end()) return;
      for (const AppSession& session : sessions) {
        if (session.user != name->second) continue;
        const auto seconds = static_cast<double>(overlap_s(session, hour.at, hour.at + hour_s));
        Tally& tally = tallies_[key_of(session)];
        tally.cpus.add(hour.means[static_cast<std::size_t>(domain::Metric::cpu)], seconds);
        tally.memory.add(hour.means[static_cast<std::size_t>(domain::Metric::memory)], seconds);
      }
    });
  }

  std::vector<AppUse> results() const {
    std::vector<AppUse> uses;
    for (const auto& [key, tally] : tallies_) {
      uses.push_back(tally.use);
      uses.back().users = static_cast<int>(tally.users.size());
      uses.back().cpus = tally.cpus.value();
      uses.back().memory_bytes = tally.memory.value();
    }
    return uses;
  }

 private:
  using Key = std::pair<bool, std::string>;
  static Key key_of(const AppSession& session) { return {!session.persona, session.persona.value_or("")}; }

  std::int64_t overlap_s(const AppSession& session, std::int64_t from, std::int64_t until) const {
    const auto end = session.ended_at ? base::to_seconds(*session.ended_at) : until_s_;
    return std::max<std::int64_t>(0,
                                  std::min(end, until) - std::max(base::to_seconds(session.began_at), from));
  }

  void add_allocation(const std::string& name, AppUse& use) const {
    const auto instance = world_.state.instances.get(name);
    if (!domain::is_live(instance.state)) return;
    use.allocated_cpus += instance.allocation.vcpus;
    use.allocated_memory_bytes += instance.allocation.memory_bytes;
  }

  const World& world_;
  std::int64_t from_s_, until_s_;
  std::map<Key, Tally> tallies_;
};

}  // namespace

std::vector<AppUse> app_use(const World& world, const history::Store* history, base::Timestamp since) {
  const auto sessions = world.state.apps.since(since);
  Counting counting(world, since);
  for (const AppSession& session : sessions) counting.count(session);
  if (history != nullptr) counting.measure(*history, sessions);
  return counting.results();
}

}  // namespace deskloom::operation
