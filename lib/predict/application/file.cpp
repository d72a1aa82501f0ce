#include "predict/application/file.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

constexpr const char* next_name = "application.next";
constexpr const char* in_session_name = "application.in_session";
const Shape next_shape{application_features}, in_session_shape{use_features};

}  // namespace

void put_application_model(ModelFile& file, const ApplicationModel& model) {
  file.tensors[next_name] = {next_shape, {model.next.begin(), model.next.end()}};
  Tensor in_session{in_session_shape, {}};
  for (const double weight : model.in_session) in_session.values.push_back(static_cast<float>(weight));
  file.tensors[in_session_name] = std::move(in_session);
}

std::optional<ApplicationModel> application_model_in(const ModelFile& file) {
  if (!file.tensors.contains(next_name) && !file.tensors.contains(in_session_name)) return {};
  ApplicationModel model;
  std::ranges::copy(file.values(next_name, next_shape), model.next.begin());
  std::ranges::transform(file.values(in_session_name, in_session_shape), model.in_session.begin(),
                         [](float weight) { return static_cast<double>(weight); });
  return model;
}

}  // namespace deskloom::predict
