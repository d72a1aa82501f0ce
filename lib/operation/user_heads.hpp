#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "forecast/network_states.hpp"
#include "operation/usage_source.hpp"
#include "predict/heads/network_heads.hpp"

namespace deskloom::operation {

// The heads of a model's network, and what that knows of each user. May be asked by several threads.
class UserHeads {
 public:
  // There are none.
  UserHeads() = default;
  // All but the states must outlive it. states: after each user's last session; of others, who they are is
  // known at most.
  UserHeads(const UsageSource& source, const predict::ConnectNetwork& network,
            const predict::NetworkHeads& heads, std::vector<forecast::NetworkState> states);

  // nullopt: what is to be corrected stays as it is.
  std::optional<predict::HeadOfUser> places(const std::string& user) const {
    return heads_ == nullptr ? std::nullopt : of(heads_->places, user);
  }
  std::optional<predict::HeadOfUser> use(const std::string& user) const {
    return heads_ == nullptr ? std::nullopt : of(heads_->use, user);
  }
  std::optional<predict::HeadOfUser> resources(std::size_t metric, const std::string& user) const {
    return heads_ == nullptr ? std::nullopt : of(heads_->resources[metric], user);
  }

 private:
  std::optional<predict::HeadOfUser> of(const std::optional<predict::Head>& head,
                                        const std::string& user) const;

  const UsageSource* source_ = nullptr;
  const predict::ConnectNetwork* network_ = nullptr;
  std::unordered_map<std::string, std::vector<float>> states_;
  const predict::NetworkHeads* heads_ = nullptr;
};

}  // namespace deskloom::operation
