#include "predict/torch/checkpoint.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/json.hpp"

namespace deskloom::predict {
namespace {

constexpr const char* checkpoint_schema = "deskloom-checkpoint-1";

using torch::optim::AdamWParamState;

AdamWParamState& moments_of(const Standing& standing, const torch::Tensor& parameter) {
  auto& states = standing.optimizer.state();
  auto& state = states[c10::guts::to_string(parameter.unsafeGetTensorImpl())];
  if (!state) state = std::make_unique<AdamWParamState>();
  return static_cast<AdamWParamState&>(*state);
}

torch::Tensor tensor_of(const ModelFile& model, const std::string& name, const torch::Tensor& like) {
  Shape shape(like.sizes().begin(), like.sizes().end());
  const auto& values = model.values(name, shape);
  return torch::tensor(values).view(like.sizes()).to(like.device());
}

}  // namespace

void put(ModelFile& model, const std::string& name, const torch::Tensor& tensor) {
  const auto values = tensor.detach().cpu().contiguous();
  Tensor kept;
  kept.shape.assign(values.sizes().begin(), values.sizes().end());
  kept.values.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
  model.tensors[name] = std::move(kept);
}

void write_checkpoint(const std::filesystem::path& path, const std::string& fingerprint,
                      const Standing& standing) {
  ModelFile file(checkpoint_schema);
  const auto parameters = standing.module.named_parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].key();
    const AdamWParamState& moments = moments_of(standing, parameters[i].value());
    put(file, "now." + name, parameters[i].value());
    put(file, "average." + name, standing.average[i]);
    put(file, "best." + name, standing.best[i]);
    put(file, "first." + name, moments.exp_avg());
    put(file, "second." + name, moments.exp_avg_sq());
  }
  file.metadata = {{"fingerprint", fingerprint},
                   {"standing", base::Json{{"epoch", standing.epoch},
                                           {"without_gain", standing.without_gain},
                                           {"steps", standing.steps},
                                           {"best_loss", standing.best_loss},
                                           {"spent_s", standing.spent_s}}
                                    .dump()}};
  write_model(path, file);
}

bool read_checkpoint(const std::filesystem::path& path, const std::string& fingerprint, Standing& standing) {
  if (!base::modified_at(path)) return false;
  const ModelFile file = read_model(path);
  file.require_schema(checkpoint_schema);
  if (file.text("fingerprint") != fingerprint) return false;
  const base::Json numbers = base::parse_json(file.text("standing"), path.string());
  try {
    standing.epoch = numbers.at("epoch").get<int>();
    standing.without_gain = numbers.at("without_gain").get<int>();
    standing.steps = numbers.at("steps").get<double>();
    standing.best_loss = numbers.at("best_loss").get<double>();
    standing.spent_s = numbers.at("spent_s").get<double>();
  } catch (const base::Json::exception& e) {
    throw base::Error(base::ErrorKind::corrupt, path.string() + ": " + e.what(), "remove it");
  }
  const torch::NoGradGuard guard;
  const auto parameters = standing.module.named_parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].key();
    torch::Tensor parameter = parameters[i].value();
    parameter.copy_(tensor_of(file, "now." + name, parameter));
    standing.average[i] = tensor_of(file, "average." + name, parameter);
    standing.best[i] = tensor_of(file, "best." + name, parameter);
    AdamWParamState& moments = moments_of(standing, parameter);
    moments.step(static_cast<std::int64_t>(standing.steps));
    moments.exp_avg(tensor_of(file, "first." + name, parameter));
    moments.exp_avg_sq(tensor_of(file, "second." + name, parameter));
  }
  return true;
}

}  // namespace deskloom::predict
