#include "predict/network/forecasts.hpp"

#include <algorithm>
#include <cmath>

#include "predict/ahead/cells.hpp"

namespace deskloom::predict {
namespace {

constexpr float least = 1e-6F;

// One user as the network knows them.
struct Reader {
  std::vector<float> who;
  std::vector<Token> tokens;
  StateReader states;

  Reader(const ConnectNetwork& network, const Dataset& dataset, std::size_t user)
      : who(network.who(dataset.users[user].user, dataset.people[user])),
        tokens(tokens_of(dataset.grid, dataset.users[user].sessions)),
        states(network, tokens) {}
};

}  // namespace

float probability_of(float logit) { return std::clamp(1 / (1 + std::exp(-logit)), least, 1 - least); }

void each_network_forecast(
    const ConnectNetwork& network, const Dataset& dataset, const ConnectOptions& options,
    const SampledSpan& span,
    const std::function<bool(std::size_t user, std::int64_t slot, std::int64_t ahead)>& choose,
    const std::function<void(const ConnectSample& sample, float probability)>& visit) {
  std::vector<std::unique_ptr<Reader>> readers;
  for (std::size_t user = 0; user < dataset.users.size(); ++user)
    readers.push_back(std::make_unique<Reader>(network, dataset, user));
  each_connect_sample(
      dataset, options, span,
      [&](std::size_t user, std::int64_t slot, std::int64_t ahead, bool) {
        return choose(user, slot, ahead);
      },
      [&](const ConnectSample& sample) {
        Reader& reader = *readers[sample.user];
        float logit = 0;
        network.logits(reader.who, reader.states.after(sample.ended), horizon_band_of(sample.ahead),
                       {&sample.inputs, 1}, {&logit, 1});
        visit(sample, probability_of(logit));
      });
}

std::array<ProbabilityScores, network_bands> evaluate_network_ahead(const ConnectNetwork& network,
                                                                    const Dataset& dataset,
                                                                    const ConnectOptions& options,
                                                                    std::int64_t test_from) {
  std::array<Foretold, network_bands> foretold;
  each_network_forecast(
      network, dataset, options, {test_from, dataset.grid.slots(), network_slots},
      [&](std::size_t user, std::int64_t slot, std::int64_t ahead) {
        return ahead == ahead_of(dataset.grid, user, slot, horizon_band_of(ahead));
      },
      [&](const ConnectSample& sample, float probability) {
        foretold[horizon_band_of(sample.ahead)].add(probability, sample.connects);
      });
  std::array<ProbabilityScores, network_bands> scores;
  std::ranges::transform(foretold, scores.begin(), score);
  return scores;
}

}  // namespace deskloom::predict
