#include "domain/instance.hpp"

#include <algorithm>

#include "domain/names.hpp"

namespace deskloom::domain {
namespace {

using S = InstanceState;

constexpr Names<S, 11> state_names{{
    {S::provisioning, "provisioning"},
    {S::warm, "warm"},
    {S::stitching, "stitching"},
    {S::persona_applied_available, "persona-applied-available"},
    {S::connected, "connected"},
    {S::disconnected, "disconnected"},
    {S::migrating, "migrating"},
    {S::serving, "serving"},
    {S::reclaiming, "reclaiming"},
    {S::reclaimed, "reclaimed"},
    {S::failed, "failed"},
}};

constexpr std::array states{S::provisioning, S::warm,         S::stitching, S::persona_applied_available,
                            S::connected,    S::disconnected, S::migrating, S::serving,
                            S::reclaiming,   S::reclaimed,    S::failed};

// Only provisioning leads to warm: what has carried a persona is made anew, so no session leaks.
constexpr std::array<std::pair<S, S>, 32> transitions{{
    {S::provisioning, S::warm},
    {S::provisioning, S::failed},
    {S::provisioning, S::reclaiming},
    {S::warm, S::stitching},
    {S::warm, S::failed},
    {S::warm, S::reclaiming},
    {S::stitching, S::persona_applied_available},
    {S::stitching, S::failed},
    {S::stitching, S::reclaiming},
    {S::persona_applied_available, S::connected},
    {S::persona_applied_available, S::migrating},
    {S::persona_applied_available, S::failed},
    {S::persona_applied_available, S::reclaiming},
    {S::connected, S::disconnected},
    {S::connected, S::migrating},
    {S::connected, S::failed},
    {S::connected, S::reclaiming},
    {S::disconnected, S::connected},
    {S::disconnected, S::migrating},
    {S::disconnected, S::failed},
    {S::disconnected, S::reclaiming},
    {S::migrating, S::persona_applied_available},
    {S::migrating, S::connected},
    {S::migrating, S::disconnected},
    {S::migrating, S::failed},
    {S::migrating, S::reclaiming},
    {S::warm, S::serving},
    {S::serving, S::failed},
    {S::serving, S::reclaiming},
    {S::reclaiming, S::reclaimed},
    {S::reclaiming, S::failed},
    {S::failed, S::reclaiming},
}};

}  // namespace

std::string instance_name(const std::string& pool, const std::string& digits) { return pool + "-" + digits; }

bool is_instance_name(std::string_view name) {
  if (name.size() < instance_digits + 2 || name[name.size() - instance_digits - 1] != '-') return false;
  const auto digits = name.substr(name.size() - instance_digits);
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view to_string(InstanceState state) { return name_of(state_names, state); }

InstanceState parse_instance_state(std::string_view text) {
  return parse_name(state_names, text, "instance state");
}

std::span<const InstanceState> all_instance_states() { return states; }

std::span<const std::pair<InstanceState, InstanceState>> legal_transitions() { return transitions; }

bool is_legal(InstanceState from, InstanceState to) {
  return std::find(transitions.begin(), transitions.end(), std::pair(from, to)) != transitions.end();
}

bool holds_persona(InstanceState state) {
  switch (state) {
    case S::stitching:
    case S::persona_applied_available:
    case S::connected:
    case S::disconnected:
    case S::migrating:
      return true;
    case S::provisioning:
    case S::warm:
    case S::serving:
    case S::reclaiming:
    case S::reclaimed:
    case S::failed:
      return false;
  }
  return false;
}

// A failed instance may still have a domain and disks: it counts until it has been reclaimed.
bool is_live(InstanceState state) { return state != S::reclaimed; }

}  // namespace deskloom::domain
