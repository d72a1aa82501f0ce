#include "operation/user_heads.hpp"

namespace deskloom::operation {

UserHeads::UserHeads(const UsageSource& source, const predict::ConnectNetwork& network,
                     const predict::NetworkHeads& heads, std::vector<forecast::NetworkState> states)
    : source_(&source), network_(&network), heads_(&heads) {
  for (forecast::NetworkState& state : states)
    states_.emplace(std::move(state.user), std::move(state.values));
}

std::optional<predict::HeadOfUser> UserHeads::of(const std::optional<predict::Head>& head,
                                                 const std::string& user) const {
  if (!head) return {};
  const auto state = states_.find(user);
  const std::span<const float> values = state == states_.end() ? std::span<const float>() : state->second;
  return predict::HeadOfUser{*head, head->context(network_->knowledge(user, source_->person(user), values))};
}

}  // namespace deskloom::operation
