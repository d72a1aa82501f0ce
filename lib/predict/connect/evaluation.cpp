#include "predict/connect/evaluation.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "predict/logistic.hpp"
#include "predict/network/forecasts.hpp"
#include "predict/spread.hpp"

namespace deskloom::predict {
namespace {

constexpr std::int64_t settling_slots = 6 * slots_per_week;
constexpr std::size_t sessions_of_known = 20;
// Slots in which nobody connects are many and alike: some of them stand for all.
constexpr double most_idle_share = 0.1;
constexpr double most_examples = 1'000'000;

constexpr std::array<const char*, 4> models{"constant", "everybody's hour of the week",
                                            "user's hour of the week", "logistic regression"};

// How many sessions of each user begin before the test.
std::vector<std::size_t> sessions_before(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                         std::int64_t test_from) {
  std::vector<std::size_t> counts;
  for (const UserSessions& user : users) {
    counts.push_back(
        static_cast<std::size_t>(std::ranges::count_if(user.sessions, [&](const domain::Session& session) {
          return session.begin_s < grid.time_s(test_from);
        })));
  }
  return counts;
}

class Evaluation {
 public:
  Evaluation(const TimeGrid& grid, const std::vector<UserSessions>& users, const ConnectOptions& options,
             std::int64_t test_from, const ForecastSink& sink)
      : grid_(grid),
        users_(users),
        options_(options),
        test_from_(test_from),
        sink_(sink),
        learnt_from_(sessions_before(grid, users, test_from)) {}

  std::vector<ModelScores> run() {
    learn();
    each_connect_cell(grid_, users_, options_, [&](const ConnectCell& cell) {
      if (cell.slot >= test_from_) foretell(cell);
    });
    std::vector<ModelScores> all;
    for (const bool known : {true, false}) {
      for (std::size_t model = 0; model < models.size(); ++model)
        all.push_back({models[model], known, score(foretold_[known ? 1 : 0][model])});
    }
    return all;
  }

 private:
  void learn() {
    const double cells = static_cast<double>(test_from_) * static_cast<double>(users_.size());
    const double idle_share = std::min(most_idle_share, most_examples / std::max(cells, 1.0));
    Examples examples;
    examples.width = connect_features;
    double slots = 0, connects = 0;
    each_connect_cell(grid_, users_, options_, [&](const ConnectCell& cell) {
      if (cell.slot < settling_slots || cell.slot >= test_from_ - 1) return;
      ++slots;
      connects += cell.connects ? 1 : 0;
      const auto number =
          cell.user * static_cast<std::uint64_t>(grid_.slots()) + static_cast<std::uint64_t>(cell.slot);
      if (learnt_from_[cell.user] == 0 || (!cell.connects && spread(number) >= idle_share)) return;
      examples.features.insert(examples.features.end(), cell.features.begin(), cell.features.end());
      examples.weights.push_back(static_cast<float>(cell.connects ? 1 : 1 / idle_share));
      examples.outcomes.push_back(cell.connects ? 1 : 0);
    });
    if (connects == 0) {
      throw base::Error(
          base::ErrorKind::usage, "nobody is known to connect in the span to learn from",
          "six weeks are left for histograms to settle: let the test begin later, or record more");
    }
    constant_ = connects / slots;
    std::vector<double> usual(connect_features);
    usual[emptiness_feature] = usual_emptiness_weight;
    weights_ = fit_logistic(examples, 1, usual);
  }

  void foretell(const ConnectCell& cell) {
    auto& models_of = foretold_[learnt_from_[cell.user] >= sessions_of_known ? 1 : 0];
    const std::array<double, models.size()> probabilities{constant_, cell.by_all, cell.by_user,
                                                          logistic(weights_, cell.features)};
    for (std::size_t model = 0; model < models.size(); ++model)
      models_of[model].add(probabilities[model], cell.connects);
    if (sink_) sink_(users_[cell.user].user, cell.slot, probabilities.back());
  }

  const TimeGrid& grid_;
  const std::vector<UserSessions>& users_;
  const ConnectOptions& options_;
  std::int64_t test_from_;
  const ForecastSink& sink_;
  std::vector<std::size_t> learnt_from_;  // sessions of each user before the test
  double constant_ = 0;
  std::vector<double> weights_;
  std::array<std::array<Foretold, models.size()>, 2> foretold_;
};

}  // namespace

std::vector<ModelScores> evaluate_connects(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                           const ConnectOptions& options, std::int64_t test_from,
                                           const ForecastSink& sink) {
  if (test_from <= settling_slots || test_from >= grid.slots()) {
    throw base::Error(base::ErrorKind::usage, "the test does not begin within what is recorded",
                      "six weeks come before it for histograms to settle, and then what is learnt from");
  }
  return Evaluation(grid, users, options, test_from, sink).run();
}

std::vector<ModelScores> evaluate_network(const ConnectNetwork& network, const Dataset& dataset,
                                          const ConnectOptions& options, std::int64_t test_from,
                                          const ForecastSink& sink) {
  const auto learnt_from = sessions_before(dataset.grid, dataset.users, test_from);
  std::array<Foretold, 2> foretold;
  each_network_forecast(
      network, dataset, options, {test_from, dataset.grid.slots()},
      [](std::size_t, std::int64_t, std::int64_t) { return true; },
      [&](const ConnectSample& sample, float probability) {
        const bool is_known = learnt_from[sample.user] >= sessions_of_known;
        foretold[is_known ? 1 : 0].add(probability, sample.connects);
        if (sink) sink(dataset.users[sample.user].user, sample.slot, probability);
      });
  return {{"network", true, score(foretold[1])}, {"network", false, score(foretold[0])}};
}

}  // namespace deskloom::predict
