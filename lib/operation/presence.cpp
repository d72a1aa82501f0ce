#include "operation/presence.hpp"

#include <functional>

#include "base/error.hpp"
#include "operation/captures.hpp"
#include "operation/resize.hpp"
#include "operation/sessions.hpp"
#include "operation/shadow.hpp"
#include "operation/waiting.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using base::ErrorKind;

// What a desktop can do without becomes a note.
void try_to(const std::string& what, std::vector<std::string>& notes, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::interrupted) throw;
    notes.push_back(what + ": " + e.what() + (e.hint().empty() ? "" : "; " + e.hint()));
  }
}

}  // namespace

bool needs_waking(const domain::Instance& instance) {
  return !(instance.allocation == instance.full) || instance.power != domain::Power::running;
}

Arrival make_usable(const World& world, const std::string& user) {
  const auto started = world.clock.now();
  Arrival arrival;
  arrival.instance = instance_of(world.state, user);
  arrival.cold_boot_ms = cold_boot_ms(world.state, arrival.instance.pool);
  if (!needs_waking(arrival.instance)) return arrival;
  try_to("it has less than it should have", arrival.notes,
         [&] { resize(world, arrival.instance, arrival.instance.full); });
  arrival.instance = instance_of(world.state, user);
  arrival.usable_after_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(world.clock.now() - started).count();
  record_wait(world.state, arrival.instance, "inflated", started, *arrival.usable_after_ms);
  return arrival;
}

Departure make_shadow(const World& world, const std::string& user) {
  Departure departure;
  departure.instance = instance_of(world.state, user);
  try_to("the persona was not captured", departure.notes,
         [&] { departure.snapshot = capture_user(world, user).record.id; });
  try_to("it keeps all that it has", departure.notes, [&] {
    const auto instance = instance_of(world.state, user);
    resize_shadow(world, instance, instance.minimal);
  });
  departure.instance = instance_of(world.state, user);
  return departure;
}

}  // namespace deskloom::operation
