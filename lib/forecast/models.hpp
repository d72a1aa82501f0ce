#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "forecast/store.hpp"

namespace deskloom::forecast {

struct Model {
  std::string name;
  std::string kind;  // "regression", "lstm", "transformer"
  base::Timestamp made_at, learnt_from, learnt_until;
  std::int64_t users = 0;
  // On what it had not learnt from; NaN: not scored.
  double log_loss = 0, brier = 0, calibration_error = 0;

  std::filesystem::path file(const Store& store) const;
};

struct Promotion {
  base::Timestamp at;
  std::optional<std::string> model;  // nullopt: habits alone
  std::string why;
};

void add_model(Store& store, const Model& model);
std::vector<Model> models(const Store& store);  // the newest first
// Throws Error(not_found) with the names that there are.
Model model(const Store& store, const std::string& name);

// The newest first.
std::vector<Promotion> promotions(const Store& store);
std::optional<Model> model_in_force(const Store& store);
void promote(Store& store, const Promotion& promotion);

}  // namespace deskloom::forecast
