#pragma once

#include <optional>

#include "predict/model_file.hpp"
#include "predict/place/model.hpp"

namespace deskloom::predict {

// The tensor "place.weights" [horizons, features], as place_horizons_h and PlaceColumn number them.
void put_place_model(ModelFile& file, const PlaceModel& model);
// nullopt: nothing was learnt of places. Throws Error(corrupt) for another shape, and for absurd values.
std::optional<PlaceModel> place_model_in(const ModelFile& file);

}  // namespace deskloom::predict
