#pragma once

#include <optional>
#include <string>

#include "predict/model_file.hpp"
#include "predict/resource/model.hpp"

namespace deskloom::predict {

// The tensors "resource.METRIC.weights" [bands, experts, levels], ".corrections" [bands, levels] and
// ".newcomer" [levels].
void put_resource_model(ModelFile& file, const std::string& metric, const ResourceModel& model);
// nullopt: nothing was learnt of it. Throws Error(corrupt) for other shapes, and for absurd values.
std::optional<ResourceModel> resource_model_in(const ModelFile& file, const std::string& metric);

}  // namespace deskloom::predict
