#include "operation/grace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error_text.hpp"
#include "operation/attendance.hpp"
#include "operation/captures.hpp"
#include "operation/reclaim.hpp"
#include "operation/returns.hpp"
#include "operation/shadow.hpp"
#include "plan/shadow_choice.hpp"

namespace deskloom::operation {
namespace {

using domain::Instance;
using domain::InstanceState;

// One that was made ahead is given the time that its user was foretold for.
constexpr std::chrono::hours settled{1};

class Judge {
 public:
  Judge(const World& world, const policy::Pool& pool) : world_(world), pool_(pool), now_(world.clock.now()) {}

  std::optional<Forgotten> forgotten(const Instance& instance) {
    const auto asked = asked_for_at(world_.state, instance);
    const auto since = std::max(instance.changed_at, asked.value_or(instance.changed_at));
    const bool is_used = was_used(world_.state, instance);
    if (now_ - since >= std::chrono::minutes(pool_.grace_minutes)) {
      const char* what = instance.state == InstanceState::disconnected ? "disconnected for"
                         : asked                                       ? "asked for, and nobody has come in"
                                                                       : "made ahead, and nobody has come in";
      return Forgotten{instance, fmt::format("{} more than {} minutes", what, pool_.grace_minutes), is_used};
    }
    if (is_used || now_ - since < settled) return std::nullopt;
    const auto chance = returns().probability(*instance.user, settled);
    if (!chance || *chance >= plan::least_chance_to_keep) return std::nullopt;
    return Forgotten{
        instance,
        fmt::format("made ahead, and its user comes in the next hour with probability {:.2f} only", *chance),
        false};
  }

 private:
  const Returns& returns() {
    if (!returns_) returns_.emplace(world_.policy.forecast_file(), now_);
    return *returns_;
  }

  const World& world_;
  const policy::Pool& pool_;
  base::Timestamp now_;
  std::optional<Returns> returns_;
};

void end(const World& world, const Forgotten& what) {
  const state::LeaseGuard lease(world.state.leases, "user:" + *what.instance.user, "pool apply",
                                std::chrono::milliseconds(0));
  // Where no hook tells of logins, and no timer looks for them.
  if (what.was_used && what.instance.state == InstanceState::persona_applied_available &&
      is_anybody_there(world, what.instance)) {
    throw base::Error(
        base::ErrorKind::failed,
        *what.instance.user + " may be at " + what.instance.name + ", although no event says so",
        "run 'deskloom event collect' from a timer, or 'deskloom session connect' from a login hook");
  }
  if (what.was_used) capture_user(world, *what.instance.user);
  reclaim(world, what.instance, what.reason);
}

}  // namespace

std::vector<Forgotten> forgotten(const World& world, const policy::Pool& pool) {
  Judge judge(world, pool);
  std::vector<Forgotten> all;
  for (const Instance& instance : shadows(world.state, pool.name)) {
    if (auto is_forgotten = judge.forgotten(instance)) all.push_back(std::move(*is_forgotten));
  }
  return all;
}

std::vector<Ended> end_forgotten(const World& world, const policy::Pool& pool) {
  std::vector<Ended> ended;
  for (auto& what : forgotten(world, pool)) {
    std::string error;
    try {
      end(world, what);
    } catch (const base::Error& e) {
      if (e.kind() == base::ErrorKind::interrupted) throw;
      error = base::with_hint(e);
      world.say("desktop " + what.instance.name + " of " + *what.instance.user + " stays: " + error);
    }
    ended.push_back({std::move(what), error});
  }
  return ended;
}

}  // namespace deskloom::operation
