#pragma once

#include "predict/ahead/model.hpp"
#include "predict/model_file.hpp"

namespace deskloom::predict {

// What the tensors "ahead.connects" and "ahead.present" mean: [bands, features] as in ahead_features.hpp. A
// model of other features is of another schema.
inline constexpr const char* ahead_schema = "deskloom-ahead-1";

void put_ahead_model(ModelFile& file, const AheadModel& model);
// Throws Error(usage) for another schema, Error(corrupt) for other shapes, and for absurd values.
AheadModel ahead_model_in(const ModelFile& file);

}  // namespace deskloom::predict
