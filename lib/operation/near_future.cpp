#include "operation/near_future.hpp"

namespace deskloom::operation {

predict::Past past_of(const KnownUser& user) {
  return {user.sessions, static_cast<std::size_t>(user.left_out), user.since_s};
}

NearFuture::NearFuture(const forecast::Store& store, const UsageSource& source, std::string model,
                       const predict::ModelFile& file, const std::vector<KnownUser>& users)
    : model_(std::move(model)),
      network_(file),
      heads_(file, network_),
      source_(source),
      users_(users),
      known_(users.size()) {
  std::unordered_map<std::string, std::size_t> numbers;
  for (std::size_t user = 0; user < users.size(); ++user) numbers.emplace(users[user].user, user);
  forecast::each_network_state(store, model_, [&](forecast::NetworkState&& state) {
    const auto found = numbers.find(state.user);
    if (found != numbers.end() && state.values.size() == network_.state_width())
      known_[found->second].state = std::move(state);
  });
}

const std::vector<float>& NearFuture::state(std::size_t user, const predict::TimeGrid& grid,
                                            std::int64_t origin, std::int64_t lead_s) {
  const predict::Past past = past_of(users_[user]);
  const std::size_t ended = predict::ended_at(grid, past, origin, lead_s);
  Known& known = known_[user];
  const auto sessions = static_cast<std::int64_t>(ended);
  const std::int64_t until_s = ended > past.left_out ? past.sessions[ended - past.left_out - 1].end_s : 0;
  if (known.state.sessions == sessions && known.state.until_s == until_s) return known.state.values;
  known.state = {users_[user].user, sessions, until_s, predict::state_after(network_, grid, past, ended)};
  known.is_new = true;
  return known.state.values;
}

std::vector<float> NearFuture::who(std::size_t user) const {
  return network_.who(users_[user].user, source_.person(users_[user].user));
}

std::optional<predict::HeadOfUser> NearFuture::length(std::size_t user) const {
  if (!heads_.length) return {};
  const std::string& name = users_[user].user;
  const auto knowledge = network_.knowledge(name, source_.person(name), known_[user].state.values);
  return predict::HeadOfUser{*heads_.length, heads_.length->context(knowledge)};
}

void NearFuture::keep(forecast::Store& store) const {
  std::vector<forecast::NetworkState> states;
  for (const Known& known : known_) {
    if (known.is_new && !known.state.values.empty()) states.push_back(known.state);
  }
  forecast::put_network_states(store, model_, states);
}

std::vector<forecast::NetworkState> NearFuture::take_states() {
  std::vector<forecast::NetworkState> states;
  for (Known& known : std::exchange(known_, {}))
    if (!known.state.values.empty()) states.push_back(std::move(known.state));
  return states;
}

}  // namespace deskloom::operation
