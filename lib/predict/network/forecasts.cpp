#include "predict/network/forecasts.hpp"

#include <algorithm>
#include <cmath>

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

void each_network_forecast(const ConnectNetwork& network, const Dataset& dataset,
                           const ConnectOptions& options, std::int64_t from, std::int64_t until,
                           const std::function<void(const ConnectSample& sample, float probability)>& visit) {
  std::vector<std::unique_ptr<Reader>> readers;
  for (std::size_t user = 0; user < dataset.users.size(); ++user)
    readers.push_back(std::make_unique<Reader>(network, dataset, user));
  each_connect_sample(
      dataset, options, from, until, [](std::size_t, std::int64_t, bool) { return true; },
      [&](const ConnectSample& sample) {
        Reader& reader = *readers[sample.user];
        float logit = 0;
        network.logits(reader.who, reader.states.after(sample.ended), {&sample.inputs, 1}, {&logit, 1});
        visit(sample, std::clamp(1 / (1 + std::exp(-logit)), least, 1 - least));
      });
}

}  // namespace deskloom::predict
