#include "predict/place/file.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

constexpr const char* weights_name = "place.weights";
const Shape weights_shape{place_horizons_h.size(), place_features};

}  // namespace

void put_place_model(ModelFile& file, const PlaceModel& model) {
  Tensor weights{weights_shape, {}};
  for (const auto& of_horizon : model.weights)
    weights.values.insert(weights.values.end(), of_horizon.begin(), of_horizon.end());
  file.tensors[weights_name] = std::move(weights);
}

std::optional<PlaceModel> place_model_in(const ModelFile& file) {
  if (!file.tensors.contains(weights_name)) return {};
  auto value = file.values(weights_name, weights_shape).begin();
  PlaceModel model;
  for (auto& of_horizon : model.weights) {
    std::copy_n(value, place_features, of_horizon.begin());
    value += place_features;
  }
  return model;
}

}  // namespace deskloom::predict
