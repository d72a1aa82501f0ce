#include "support/small_heads.hpp"

#include <cmath>

#include "domain/usage.hpp"
#include "predict/heads/applications.hpp"
#include "predict/heads/lengths.hpp"
#include "predict/heads/places.hpp"
#include "predict/heads/resources.hpp"

namespace deskloom::test {

using namespace predict;

void put_small_heads(ModelFile& network) {
  const std::size_t knowledge = ConnectNetwork(network).knowledge_width();
  const auto put = [&](const std::string& name, HeadKind kind, std::size_t inputs) {
    int number = 0;
    const auto fill = [&](const std::string& part, const Shape& shape) {
      Tensor& tensor = network.tensors[name + part] = {shape, std::vector<float>(count_of(shape))};
      for (float& value : tensor.values) value = 0.1F * std::sin(static_cast<float>(++number));
    };
    fill(".wide.weight", {head_width, knowledge + inputs});
    fill(".wide.bias", {head_width});
    fill(".last.weight", {outputs_of(kind), head_width});
    fill(".last.bias", {outputs_of(kind)});
    fill(".mean", {inputs});
    network.tensors[name + ".factor"] = {{inputs}, std::vector<float>(inputs, 0.5F)};
    network.tensors[name + ".strength"] = {{1}, {1}};
    if (kind == HeadKind::quantiles) fill(".offsets", {quantile_moves});
  };
  put(length_head, HeadKind::quantiles, length_head_inputs);
  put(place_head, HeadKind::choice, place_head_inputs);
  put(next_application_head, HeadKind::choice, next_application_head_inputs);
  put(use_head, HeadKind::chance, use_head_inputs);
  for (const auto& [metric, name] : domain::metric_names)
    put(resource_head(std::string(name)), HeadKind::quantiles, resource_head_inputs);
}

}  // namespace deskloom::test
