#include "operation/sessions.hpp"

#include "base/error.hpp"

namespace deskloom::operation {
namespace {

domain::Instance move_session(const state::Store& state, const base::Clock& clock, const std::string& user,
                              domain::InstanceState to, const std::string& cause) {
  const auto instance = instance_of(state, user);
  if (instance.state == to) return instance;
  state.instances.transition(instance.name, instance.state, to, cause, std::nullopt, clock.now());
  return state.instances.get(instance.name);
}

}  // namespace

domain::Instance instance_of(const state::Store& state, const std::string& user) {
  auto instance = state.instances.of_user(user);
  if (!instance) {
    throw base::Error(base::ErrorKind::not_found, "user " + user + " holds no instance",
                      "give one with 'deskloom session assign " + user + "'");
  }
  return *instance;
}

domain::Instance connect_session(const state::Store& state, const base::Clock& clock,
                                 const std::string& user) {
  return move_session(state, clock, user, domain::InstanceState::connected, user + " connected");
}

domain::Instance disconnect_session(const state::Store& state, const base::Clock& clock,
                                    const std::string& user) {
  return move_session(state, clock, user, domain::InstanceState::disconnected, user + " disconnected");
}

}  // namespace deskloom::operation
