#include "operation/user_heads.hpp"

#include "predict/heads/applications.hpp"
#include "predict/heads/places.hpp"
#include "predict/heads/resources.hpp"

namespace deskloom::operation {

using predict::HeadKind;

UserHeads::UserHeads(const UsageSource& source, const predict::ModelFile& file,
                     const predict::ConnectNetwork& network, std::vector<forecast::NetworkState> states)
    : source_(&source), network_(&network) {
  const auto head = [&](const std::string& name, HeadKind kind, std::size_t inputs) {
    return predict::Head::in(file, name, kind, network.knowledge_width(), inputs);
  };
  for (forecast::NetworkState& state : states)
    states_.emplace(std::move(state.user), std::move(state.values));
  places_ = head(predict::place_head, HeadKind::choice, predict::place_head_inputs);
  uses_ = head(predict::use_head, HeadKind::chance, predict::use_head_inputs);
  for (const auto& [metric, name] : domain::metric_names) {
    resources_[static_cast<std::size_t>(metric)] =
        head(predict::resource_head(std::string(name)), HeadKind::quantiles, predict::resource_head_inputs);
  }
}

std::optional<predict::HeadOfUser> UserHeads::of(const std::optional<predict::Head>& head,
                                                 const std::string& user) const {
  if (!head) return {};
  const auto state = states_.find(user);
  const std::span<const float> values = state == states_.end() ? std::span<const float>() : state->second;
  return predict::HeadOfUser{*head, head->context(network_->knowledge(user, source_->person(user), values))};
}

}  // namespace deskloom::operation
