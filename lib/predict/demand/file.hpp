#pragma once

#include <optional>
#include <string>

#include "predict/demand/model.hpp"
#include "predict/model_file.hpp"

namespace deskloom::predict {

// The tensors "demand.OF.weights" [days ahead, features] and "demand.OF.smoothing" [5]: the gains of level,
// day and week, what is carried over, and the regression's share. of: such as "POOL.arrivals".
void put_demand_model(ModelFile& file, const std::string& of, const DemandModel& model);
// nullopt: nothing was learnt of it. Throws Error(corrupt) for other shapes, and for absurd values.
std::optional<DemandModel> demand_model_in(const ModelFile& file, const std::string& of);

}  // namespace deskloom::predict
