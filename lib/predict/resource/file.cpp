#include "predict/resource/file.hpp"

#include <algorithm>
#include <span>

#include "predict/resource/experts.hpp"

namespace deskloom::predict {
namespace {

// Rounded, weights of a level may sum up to a little more than 1; amounts are as resource_window.hpp takes
// them.
constexpr float most_mixture_weight = 1.001F, most_newcomer = 1e30F;
constexpr std::size_t levels = quantile_levels.size(), bands = band_ends_h.size();

template <typename Rows>
std::vector<float> flat(const Rows& rows) {
  std::vector<float> values;
  for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
  return values;
}

template <typename Rows>
void fill(Rows& rows, std::span<const float> values) {
  for (std::size_t row = 0; row < rows.size(); ++row)
    std::ranges::copy(values.subspan(row * levels, levels), rows[row].begin());
}

}  // namespace

void put_resource_model(ModelFile& file, const std::string& metric, const ResourceModel& model) {
  const std::string name = "resource." + metric;
  file.tensors[name + ".weights"] = {{bands, model.mixture.experts, levels}, flat(model.mixture.weights)};
  file.tensors[name + ".corrections"] = {{bands, levels}, flat(model.mixture.corrections)};
  file.tensors[name + ".newcomer"] = {{levels}, {model.newcomer.begin(), model.newcomer.end()}};
}

std::optional<ResourceModel> resource_model_in(const ModelFile& file, const std::string& metric) {
  const std::string name = "resource." + metric;
  if (!file.tensors.contains(name + ".weights")) return {};
  ResourceModel model = ResourceModel::untrained();
  const Shape weights{bands, resource_experts().size(), levels};
  fill(model.mixture.weights, file.values(name + ".weights", weights, most_mixture_weight));
  fill(model.mixture.corrections, file.values(name + ".corrections", {bands, levels}));
  std::ranges::copy(file.values(name + ".newcomer", {levels}, most_newcomer), model.newcomer.begin());
  return model;
}

}  // namespace deskloom::predict
