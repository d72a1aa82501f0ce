#include "operation/attendance.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "operation/presence.hpp"
#include "operation/sessions.hpp"
#include "plan/attendance.hpp"

namespace deskloom::operation {
namespace {

using Change = plan::AttendanceVerdict::Change;
using domain::Instance;
using domain::InstanceState;

bool can_be_looked_at(const Instance& instance) {
  const bool is_held = instance.state == InstanceState::connected ||
                       instance.state == InstanceState::disconnected ||
                       instance.state == InstanceState::persona_applied_available;
  return is_held && instance.user && instance.power == domain::Power::running;
}

plan::Attendance attendance_of(const World& world, const Instance& instance,
                               const fleet::PresenceSigns& signs) {
  plan::Attendance attendance;
  attendance.state = instance.state;
  attendance.since = instance.changed_at;
  attendance.display_clients = signs.display_clients;
  attendance.logins_known = signs.logins.has_value();
  for (const auto& login : signs.logins.value_or(std::vector<fleet::Login>{})) {
    if (login.user != instance.user) continue;
    attendance.login_since = std::max(attendance.login_since.value_or(login.since), login.since);
  }
  const auto seen = world.state.signs.find(instance.name);
  if (seen && seen->seen_at >= instance.changed_at) {
    attendance.last_sign = plan::parse_presence_sign(seen->sign);
    attendance.last_seen = seen->seen_at;
  }
  attendance.now = world.clock.now();
  return attendance;
}

class Watch {
 public:
  Watch(const World& world, bool record_only) : world_(world), record_only_(record_only) {}

  void look_at(const Instance& seen) {
    const auto verdict = judge(seen);
    if (verdict.change == Change::none) {
      if (verdict.sign) remember(seen.name, *verdict.sign);
      return;
    }
    Noticed noticed{*seen.user, seen.name, verdict.change == Change::came, verdict.reason, {}};
    try {
      act(seen, verdict, noticed);
    } catch (const base::Error& e) {
      if (e.kind() != base::ErrorKind::locked) throw;
      return;
    }
    report.noticed.push_back(std::move(noticed));
  }

  AttendanceReport report;

 private:
  plan::AttendanceVerdict judge(const Instance& seen) const {
    try {
      const auto signs = world_.host(seen.host).presence(seen.name);
      return plan::judge_attendance(attendance_of(world_, seen, signs));
    } catch (const base::Error& e) {
      // It ended meanwhile, or its guest says nothing that makes sense.
      if (e.kind() != base::ErrorKind::guest && e.kind() != base::ErrorKind::not_found) throw;
      return {};
    }
  }

  void remember(const std::string& instance, plan::PresenceSign sign) const {
    world_.state.signs.put(instance, {std::string(to_string(sign)), world_.clock.now()});
  }

  void act(const Instance& seen, const plan::AttendanceVerdict& verdict, Noticed& noticed) const {
    const state::LeaseGuard lease(world_.state.leases, "user:" + *seen.user, "event collect",
                                  std::chrono::milliseconds(0));
    const auto now = world_.state.instances.get(seen.name);
    if (now.state != seen.state || now.user != seen.user)
      throw base::Error(base::ErrorKind::locked, "instance " + seen.name + " has moved on");
    if (noticed.has_come) {
      connect_session(world_.state, world_.clock, *seen.user);
      remember(seen.name, *verdict.sign);
      if (!record_only_) noticed.notes = make_usable(world_, *seen.user).notes;
    } else {
      disconnect_session(world_.state, world_.clock, *seen.user);
      if (!record_only_) noticed.notes = make_shadow(world_, *seen.user).notes;
    }
  }

  const World& world_;
  bool record_only_;
};

}  // namespace

bool is_anybody_there(const World& world, const Instance& desktop) {
  if (desktop.power != domain::Power::running) return false;
  try {
    const auto signs = world.host(desktop.host).presence(desktop.name);
    const auto logins = signs.logins.value_or(std::vector<fleet::Login>{});
    return signs.display_clients.value_or(0) > 0 ||
           std::ranges::find(logins, desktop.user, &fleet::Login::user) != logins.end();
  } catch (const base::Error& e) {
    if (e.kind() == base::ErrorKind::interrupted) throw;
    return true;  // nobody knows
  }
}

AttendanceReport notice_attendance(const World& world, bool record_only) {
  std::map<std::string, std::vector<Instance>> by_host;
  for (const Instance& instance : world.state.instances.list())
    if (can_be_looked_at(instance)) by_host[instance.host].push_back(instance);
  Watch watch(world, record_only);
  for (const auto& [host, instances] : by_host) {
    try {
      for (const Instance& instance : instances) watch.look_at(instance);
    } catch (const base::Error& e) {
      if (e.kind() != base::ErrorKind::host_unreachable) throw;
      watch.report.failures.push_back("host " + host + ": " + e.what());
    }
  }
  return std::move(watch.report);
}

}  // namespace deskloom::operation
