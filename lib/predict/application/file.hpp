#pragma once

#include <optional>

#include "predict/application/model.hpp"
#include "predict/model_file.hpp"

namespace deskloom::predict {

// The tensors "application.next" [features], as ApplicationColumn numbers them, and "application.in_session"
// [features of use].
void put_application_model(ModelFile& file, const ApplicationModel& model);
// nullopt: nothing was learnt of applications. Throws Error(corrupt) when one of the two is missing or of
// another shape, and for absurd values.
std::optional<ApplicationModel> application_model_in(const ModelFile& file);

}  // namespace deskloom::predict
