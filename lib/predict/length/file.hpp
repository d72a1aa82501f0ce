#pragma once

#include <optional>

#include "predict/length/model.hpp"
#include "predict/model_file.hpp"

namespace deskloom::predict {

// The tensor "length.numbers" [5], in the order of LengthModel.
void put_length_model(ModelFile& file, const LengthModel& model);
// nullopt: nothing was learnt of lengths. Throws Error(corrupt) for another shape, and for absurd values.
std::optional<LengthModel> length_model_in(const ModelFile& file);

}  // namespace deskloom::predict
