#pragma once

#include <array>
#include <functional>

#include "predict/connect/samples.hpp"
#include "predict/network/connect_network.hpp"
#include "predict/scores.hpp"

namespace deskloom::predict {

// What the network foretells of the questions that are chosen: see each_connect_sample.
void each_network_forecast(
    const ConnectNetwork& network, const Dataset& dataset, const ConnectOptions& options,
    const SampledSpan& span,
    const std::function<bool(std::size_t user, std::int64_t slot, std::int64_t ahead)>& choose,
    const std::function<void(const ConnectSample& sample, float probability)>& visit);

// How well the network foretold the slots from test_from on, in each band of the horizon that it knows, asked
// as evaluate_ahead asks the regressions.
std::array<ProbabilityScores, network_bands> evaluate_network_ahead(const ConnectNetwork& network,
                                                                    const Dataset& dataset,
                                                                    const ConnectOptions& options,
                                                                    std::int64_t test_from);

// Of a network's logit.
float probability_of(float logit);

}  // namespace deskloom::predict
