#include "predict/demand/file.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace deskloom::predict {
namespace {

const Shape weights_shape{most_days_ahead, demand_features}, smoothing_shape{5}, sum_shape{2};

// Greater gains would overshoot, each time by more.
bool are_stable(const DemandModel& model) {
  const SmoothingGains& gains = model.gains;
  const auto is_share = [](float value) { return value >= 0 && value <= 1; };
  return is_share(gains.level) && is_share(gains.day) && is_share(gains.week) &&
         is_share(gains.level + gains.day + gains.week) && is_share(gains.carried_over) &&
         is_share(model.regression_share);
}

}  // namespace

void put_demand_model(ModelFile& file, const std::string& of, const DemandModel& model) {
  Tensor weights{weights_shape, {}};
  for (const auto& day : model.weights) weights.values.insert(weights.values.end(), day.begin(), day.end());
  file.tensors["demand." + of + ".weights"] = std::move(weights);
  file.tensors["demand." + of + ".smoothing"] = {smoothing_shape,
                                                 {model.gains.level, model.gains.day, model.gains.week,
                                                  model.gains.carried_over, model.regression_share}};
}

void put_sum_model(ModelFile& file, const std::string& of, const SumModel& model) {
  file.tensors["demand." + of + ".users"] = {sum_shape, {model.factor, model.spread}};
}

std::optional<SumModel> sum_model_in(const ModelFile& file, const std::string& of) {
  const std::string name = "demand." + of + ".users";
  if (!file.tensors.contains(name)) return {};
  const auto& values = file.values(name, sum_shape);
  if (values[0] <= 0 || values[1] <= 0) {
    throw base::Error(base::ErrorKind::corrupt, file.origin() + ": " + name + " is absurd", "train anew");
  }
  return SumModel{values[0], values[1]};
}

std::optional<DemandModel> demand_model_in(const ModelFile& file, const std::string& of) {
  if (!file.tensors.contains("demand." + of + ".weights")) return {};
  const auto& weights = file.values("demand." + of + ".weights", weights_shape);
  const auto& smoothing = file.values("demand." + of + ".smoothing", smoothing_shape);
  DemandModel model;
  for (std::size_t day = 0; day < most_days_ahead; ++day)
    std::copy_n(weights.begin() + static_cast<std::ptrdiff_t>(day * demand_features), demand_features,
                model.weights[day].begin());
  model.gains = {smoothing[0], smoothing[1], smoothing[2], smoothing[3]};
  model.regression_share = smoothing[4];
  if (!are_stable(model)) {
    throw base::Error(base::ErrorKind::corrupt, file.origin() + ": the smoothing of " + of + " is not stable",
                      "train anew");
  }
  return model;
}

}  // namespace deskloom::predict
