#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "domain/allocation.hpp"

namespace deskloom::domain {

// SPEC B1. An instance that has carried a persona never returns to warm: it is reclaimed and made anew. One
// that is serving runs a component of somebody's application: no desktop, and nobody else's.
enum class InstanceState {
  provisioning,
  warm,
  stitching,
  persona_applied_available,
  connected,
  disconnected,
  migrating,
  serving,
  reclaiming,
  reclaimed,
  failed,
};

std::string_view to_string(InstanceState state);            // "persona-applied-available"
InstanceState parse_instance_state(std::string_view text);  // throws Error(usage)
std::span<const InstanceState> all_instance_states();

// The one table of legal transitions.
std::span<const std::pair<InstanceState, InstanceState>> legal_transitions();
bool is_legal(InstanceState from, InstanceState to);

// True while the instance holds (or is being given) one user's persona and may be handed to that user only.
bool holds_persona(InstanceState state);
// True while the instance occupies a host.
bool is_live(InstanceState state);

// "office-3fa29c": the pool's name and six hexadecimal digits.
inline constexpr std::size_t instance_digits = 6;
std::string instance_name(const std::string& pool, const std::string& digits);
bool is_instance_name(std::string_view name);

struct Instance {
  std::string name;  // also the libvirt domain's name
  std::string pool;
  std::string host;
  std::string image;
  InstanceState state = InstanceState::provisioning;
  std::optional<std::string> user;
  Allocation allocation;
  Allocation minimal{}, full{};  // between which it moves; fixed when it was made
  Power power = Power::running;
  std::optional<std::string> snapshot;  // the snapshot whose persona it carries
  base::Timestamp created_at;
  base::Timestamp changed_at;
};

// One recorded change of state: what moved it and within which operation.
struct Transition {
  std::string instance;
  std::optional<InstanceState> from;  // nullopt: the instance was created
  InstanceState to = InstanceState::provisioning;
  std::string cause;
  std::optional<std::string> operation;
  base::Timestamp at;
};

}  // namespace deskloom::domain
