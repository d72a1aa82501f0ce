#pragma once

#include <functional>

#include "predict/connect/samples.hpp"
#include "predict/network/connect_network.hpp"

namespace deskloom::predict {

// What the network foretells of each slot of [from, until) in which a user was away.
void each_network_forecast(const ConnectNetwork& network, const Dataset& dataset,
                           const ConnectOptions& options, std::int64_t from, std::int64_t until,
                           const std::function<void(const ConnectSample& sample, float probability)>& visit);

}  // namespace deskloom::predict
