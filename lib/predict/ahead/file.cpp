#include "predict/ahead/file.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

const Shape shape{horizon_bands.size(), ahead_features};

using Bands = std::array<AheadModel::Weights, horizon_bands.size()>;

Tensor tensor_of(const Bands& bands) {
  Tensor tensor{shape, {}};
  for (const auto& weights : bands) tensor.values.insert(tensor.values.end(), weights.begin(), weights.end());
  return tensor;
}

Bands bands_of(const ModelFile& file, const std::string& name) {
  const std::vector<float>& values = file.values(name, shape);
  Bands bands{};
  for (std::size_t band = 0; band < bands.size(); ++band)
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(band * ahead_features), ahead_features,
                bands[band].begin());
  return bands;
}

}  // namespace

void put_ahead_model(ModelFile& file, const AheadModel& model) {
  file.tensors["ahead.connects"] = tensor_of(model.connects);
  file.tensors["ahead.present"] = tensor_of(model.present);
}

AheadModel ahead_model_in(const ModelFile& file) {
  file.require_schema(ahead_schema);
  return {bands_of(file, "ahead.connects"), bands_of(file, "ahead.present")};
}

}  // namespace deskloom::predict
