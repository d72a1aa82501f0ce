#include "operation/presence.hpp"

#include "base/error_text.hpp"
#include "operation/captures.hpp"
#include "operation/modes.hpp"
#include "operation/power.hpp"
#include "operation/relocation.hpp"
#include "operation/resize.hpp"
#include "operation/sessions.hpp"
#include "operation/shadow.hpp"
#include "operation/waiting.hpp"

namespace deskloom::operation {
namespace {

std::int64_t elapsed_ms(const base::Clock& clock, base::Timestamp since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - since).count();
}

}  // namespace

bool needs_waking(const policy::Policy& policy, const state::Store& state, const domain::Instance& instance,
                  base::Timestamp now) {
  if (instance.power != domain::Power::running) return true;
  if (instance.allocation == in_use(policy, state, instance, now)) return false;
  if (instance.state != domain::InstanceState::connected) return true;
  const auto resized = state.operations.last_resize(instance.name);
  return !resized || *resized < instance.changed_at;
}

std::optional<std::string> give_in_use(const World& world, const domain::Instance& instance) {
  const auto wanted = in_use(world, instance);
  std::string why;
  const auto gives = [&](const domain::Instance& seen, const domain::Allocation& to) {
    try {
      resize(world, seen, to);
      return true;
    } catch (const base::Error& e) {
      if (e.kind() == base::ErrorKind::interrupted || e.kind() == base::ErrorKind::not_found) throw;
      if (why.empty()) why = "it has less than it should have: " + base::with_hint(e);
      return false;
    }
  };
  if (gives(instance, wanted)) return std::nullopt;
  const auto seen = world.state.instances.get(instance.name);
  const auto fits = what_fits(world, seen, wanted);
  if (fits == wanted || !gives(seen, fits)) wake(world, world.state.instances.get(instance.name));
  return why;
}

Arrival find_ready(const state::Store& state, const base::Clock& clock, const domain::Instance& before,
                   base::Timestamp came_at) {
  Arrival arrival;
  arrival.instance = instance_of(state, *before.user);
  if (before.state == domain::InstanceState::connected) return arrival;
  arrival.cold_boot_ms = cold_boot_ms(state, before.pool);
  arrival.usable_after_ms = elapsed_ms(clock, came_at);
  if (!state.waits.has_any(before)) record_wait(state, before, "ready", came_at, *arrival.usable_after_ms);
  return arrival;
}

Arrival make_usable(const World& world, const std::string& user) {
  const auto started = world.clock.now();
  Arrival arrival;
  arrival.instance = instance_of(world.state, user);
  arrival.cold_boot_ms = cold_boot_ms(world.state, arrival.instance.pool);
  if (!needs_waking(world.policy, world.state, arrival.instance, started)) return arrival;
  if (const auto lack = give_in_use(world, arrival.instance)) arrival.notes.push_back(*lack);
  arrival.instance = instance_of(world.state, user);
  arrival.usable_after_ms = elapsed_ms(world.clock, started);
  record_wait(world.state, arrival.instance, "inflated", started, *arrival.usable_after_ms);
  return arrival;
}

Departure make_shadow(const World& world, const std::string& user) {
  Departure departure;
  departure.instance = instance_of(world.state, user);
  base::try_to("the persona was not captured", departure.notes,
               [&] { departure.snapshot = capture_user(world, user).record.id; });
  base::try_to("it keeps all that it has", departure.notes, [&] {
    const auto instance = instance_of(world.state, user);
    resize_shadow(world, instance, instance.minimal);
  });
  departure.instance = instance_of(world.state, user);
  return departure;
}

}  // namespace deskloom::operation
