#pragma once

#include <functional>
#include <string>
#include <vector>

#include "forecast/store.hpp"

namespace deskloom::forecast {

// What a network has made of a user's past sessions.
struct NetworkState {
  std::string user;
  std::int64_t sessions = 0;  // that had ended
  std::int64_t until_s = 0;   // when the last of them ended
  std::vector<float> values;
};

// Throws Error(corrupt) for what nobody has written.
void each_network_state(const Store& store, const std::string& model,
                        const std::function<void(NetworkState&& state)>& visit);
// Beside those of other users. One transaction, which the caller holds.
void put_network_states(Store& store, const std::string& model, const std::vector<NetworkState>& states);

}  // namespace deskloom::forecast
