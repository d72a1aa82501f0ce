#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "forecast/network_states.hpp"
#include "operation/habits.hpp"
#include "predict/heads/network_heads.hpp"
#include "predict/network/near_outlook.hpp"

namespace deskloom::operation {

// A network that foretells the coming hour of many users, one after the other. What it made of their past
// sessions is kept in the store: most of it stays as it is from one forecast to the next.
class NearFuture {
 public:
  // users: everybody who will be asked about, by their numbers.
  // file: the network's.
  NearFuture(const forecast::Store& store, const UsageSource& source, std::string model,
             const predict::ModelFile& file, const std::vector<KnownUser>& users);

  const predict::ConnectNetwork& network() const { return network_; }
  const predict::NetworkHeads& heads() const { return heads_; }
  // The user's state at origin; of several users at a time.
  const std::vector<float>& state(std::size_t user, const predict::TimeGrid& grid, std::int64_t origin,
                                  std::int64_t lead_s);
  std::vector<float> who(std::size_t user) const;

  // The head for a user's next session, once the state was asked for; nullopt: there is none.
  std::optional<predict::HeadOfUser> length(std::size_t user) const;

  // What is new of the states.
  void keep(forecast::Store& store) const;
  // As far as they were asked for, or kept. It has none afterwards.
  std::vector<forecast::NetworkState> take_states();

 private:
  struct Known {
    forecast::NetworkState state;
    bool is_new = false;
  };

  std::string model_;
  predict::ConnectNetwork network_;
  predict::NetworkHeads heads_;
  const UsageSource& source_;
  const std::vector<KnownUser>& users_;
  std::vector<Known> known_;
};

// As features look back on it.
predict::Past past_of(const KnownUser& user);

}  // namespace deskloom::operation
