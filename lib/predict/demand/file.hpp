#pragma once

#include <optional>
#include <string>

#include "predict/demand/model.hpp"
#include "predict/demand/users_sum.hpp"
#include "predict/model_file.hpp"

namespace deskloom::predict {

// The tensors "demand.OF.weights" [days ahead, features] and "demand.OF.smoothing" [5]: the gains of level,
// day and week, what is carried over, and the regression's share. of: such as "POOL.arrivals".
void put_demand_model(ModelFile& file, const std::string& of, const DemandModel& model);
// "demand.OF.users" [2], when users' sum is used in the model's place: by what the sum is to be corrected.
void put_sum_model(ModelFile& file, const std::string& of, const SumModel& model);
std::optional<SumModel> sum_model_in(const ModelFile& file, const std::string& of);
// nullopt: nothing was learnt of it. Throws Error(corrupt) for other shapes, and for absurd values.
std::optional<DemandModel> demand_model_in(const ModelFile& file, const std::string& of);

}  // namespace deskloom::predict
