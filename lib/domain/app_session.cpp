#include "domain/app_session.hpp"

#include "domain/names.hpp"

namespace deskloom::domain {
namespace {

constexpr Names<AppState, 5> state_names{{
    {AppState::starting, "starting"},
    {AppState::running, "running"},
    {AppState::failed, "failed"},
    {AppState::ending, "ending"},
    {AppState::ended, "ended"},
}};

constexpr Names<PartHealth, 3> health_names{{
    {PartHealth::unknown, "unknown"},
    {PartHealth::healthy, "healthy"},
    {PartHealth::dead, "dead"},
}};

}  // namespace

std::string_view to_string(AppState state) { return name_of(state_names, state); }

AppState parse_app_state(std::string_view text) {
  return parse_name(state_names, text, "state of an application");
}

std::string_view to_string(PartHealth health) { return name_of(health_names, health); }

PartHealth parse_part_health(std::string_view text) {
  return parse_name(health_names, text, "health of a component");
}

}  // namespace deskloom::domain
