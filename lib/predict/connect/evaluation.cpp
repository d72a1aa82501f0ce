#include "predict/connect/evaluation.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "predict/logistic.hpp"
#include "predict/network/forecasts.hpp"
#include "predict/spread.hpp"
#include "predict/weekly_walk.hpp"

namespace deskloom::predict {
namespace {

constexpr std::size_t sessions_of_known = 20;
// Slots in which nobody connects are many and alike: some of them stand for all.
constexpr double most_idle_share = 0.1;
constexpr double most_examples = 1'000'000;

using ByModel = std::array<double, connect_models.size()>;

// Of each fold and user: whether enough of their sessions begin before it to know them.
class Acquaintance {
 public:
  Acquaintance(const TimeGrid& grid, const std::vector<UserSessions>& users, const Folds& folds)
      : folds_(folds), sessions_before_(folds.count()) {
    for (std::size_t fold = 0; fold < folds.count(); ++fold) {
      for (const UserSessions& user : users) {
        const auto behind = std::ranges::lower_bound(user.sessions, grid.time_s(folds.begin(fold)), {},
                                                     &domain::Session::begin_s);
        sessions_before_[fold].push_back(static_cast<std::size_t>(behind - user.sessions.begin()));
      }
    }
  }

  bool is_seen(std::size_t fold, std::size_t user) const { return sessions_before_[fold][user] > 0; }
  bool is_known(std::int64_t slot, std::size_t user) const {
    return sessions_before_[folds_.fold_of(slot)][user] >= sessions_of_known;
  }

 private:
  const Folds& folds_;
  std::vector<std::vector<std::size_t>> sessions_before_;
};

ModelScores scores_of(const char* model, bool known, const Foretold& foretold) {
  return {model, known, score(foretold), calibration_bins(foretold)};
}

class Evaluation {
 public:
  Evaluation(const TimeGrid& grid, const std::vector<UserSessions>& users, const ConnectOptions& options,
             const Folds& folds, const ForecastSink& sink)
      : grid_(grid),
        users_(users),
        options_(options),
        folds_(folds),
        sink_(sink),
        acquaintance_(grid, users, folds) {}

  std::vector<ModelScores> run() {
    for (std::size_t fold = 0; fold < folds_.count(); ++fold) learnt_.push_back(learn(fold));
    each_connect_cell(grid_, users_, options_, [&](const ConnectCell& cell) {
      if (folds_.contain(cell.slot)) foretell(cell);
    });
    std::vector<ModelScores> all;
    for (const bool known : {true, false}) {
      for (std::size_t model = 0; model < connect_models.size(); ++model)
        all.push_back(scores_of(connect_models[model], known, foretold_[known ? 1 : 0][model]));
    }
    return all;
  }

 private:
  struct Learnt {
    double constant = 0;
    std::vector<double> weights;
  };

  Learnt learn(std::size_t fold) const {
    const std::int64_t test_from = folds_.begin(fold);
    const double cells = static_cast<double>(test_from) * static_cast<double>(users_.size());
    const double idle_share = std::min(most_idle_share, most_examples / std::max(cells, 1.0));
    Examples examples;
    examples.width = connect_features;
    double slots = 0, connects = 0;
    each_connect_cell(grid_, users_, options_, [&](const ConnectCell& cell) {
      if (cell.slot < settling_slots || cell.slot >= test_from - 1) return;
      ++slots;
      connects += cell.connects ? 1 : 0;
      const auto number =
          cell.user * static_cast<std::uint64_t>(grid_.slots()) + static_cast<std::uint64_t>(cell.slot);
      if (!acquaintance_.is_seen(fold, cell.user) || (!cell.connects && spread(number) >= idle_share)) return;
      examples.features.insert(examples.features.end(), cell.features.begin(), cell.features.end());
      examples.weights.push_back(static_cast<float>(cell.connects ? 1 : 1 / idle_share));
      examples.outcomes.push_back(cell.connects ? 1 : 0);
    });
    if (connects == 0) {
      throw base::Error(
          base::ErrorKind::usage, "nobody is known to connect in the span to learn from",
          "six weeks are left for histograms to settle: let the test begin later, or record more");
    }
    std::vector<double> usual(connect_features);
    usual[emptiness_feature] = usual_emptiness_weight;
    return {connects / slots, fit_logistic(examples, 1, usual)};
  }

  void foretell(const ConnectCell& cell) {
    const Learnt& learnt = learnt_[folds_.fold_of(cell.slot)];
    const ByModel probabilities{learnt.constant, cell.by_all, cell.by_user,
                                logistic(learnt.weights, cell.features)};
    auto& by_model = foretold_[acquaintance_.is_known(cell.slot, cell.user) ? 1 : 0];
    for (std::size_t model = 0; model < connect_models.size(); ++model)
      by_model[model].add(probabilities[model], cell.connects);
    if (sink_) sink_(cell.user, cell.slot, probabilities);
  }

  const TimeGrid& grid_;
  const std::vector<UserSessions>& users_;
  const ConnectOptions& options_;
  const Folds& folds_;
  const ForecastSink& sink_;
  Acquaintance acquaintance_;
  std::vector<Learnt> learnt_;  // before each fold
  std::array<std::array<Foretold, connect_models.size()>, 2> foretold_;
};

}  // namespace

std::vector<ModelScores> evaluate_connects(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                           const ConnectOptions& options, const Folds& folds,
                                           const ForecastSink& sink) {
  if (folds.from() <= settling_slots || folds.from() >= grid.slots()) {
    throw base::Error(base::ErrorKind::usage, "the test does not begin within what is recorded",
                      "six weeks come before it for histograms to settle, and then what is learnt from");
  }
  return Evaluation(grid, users, options, folds, sink).run();
}

std::vector<ModelScores> evaluate_network(const ConnectNetwork& network, const Dataset& dataset,
                                          const ConnectOptions& options, const Folds& folds,
                                          const ForecastSink& sink) {
  const Acquaintance acquaintance(dataset.grid, dataset.users, folds);
  std::array<Foretold, 2> foretold;
  each_network_forecast(
      network, dataset, options, {folds.from(), folds.until()},
      [](std::size_t, std::int64_t, std::int64_t) { return true; },
      [&](const ConnectSample& sample, float probability) {
        const bool is_known = acquaintance.is_known(sample.slot, sample.user);
        foretold[is_known ? 1 : 0].add(probability, sample.connects);
        const auto by_network = static_cast<double>(probability);
        if (sink) sink(sample.user, sample.slot, std::span(&by_network, 1));
      });
  return {scores_of("network", true, foretold[1]), scores_of("network", false, foretold[0])};
}

}  // namespace deskloom::predict
