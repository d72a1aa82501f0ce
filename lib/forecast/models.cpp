#include "forecast/models.hpp"

#include "base/error.hpp"

namespace deskloom::forecast {
namespace {}  // namespace

std::filesystem::path Model::file(const Store& store) const {
  return store.model_dir() / (name + ".safetensors");
}

void add_model(Store& store, const Model& model) {
  store.db()
      .prepare("INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(model.name)
      .bind(model.kind)
      .bind(base::to_seconds(model.made_at))
      .bind(base::to_seconds(model.learnt_from))
      .bind(base::to_seconds(model.learnt_until))
      .bind(model.users)
      .bind_real(model.log_loss)
      .bind_real(model.brier)
      .bind_real(model.calibration_error)
      .run();
}

std::vector<Model> models(const Store& store) {
  auto row = store.db().prepare(
      "SELECT name, kind, made_at, learnt_from, learnt_until, users, log_loss, brier, calibration_error "
      "FROM models ORDER BY made_at DESC, name DESC");
  std::vector<Model> models;
  while (row.step()) {
    models.push_back({row.text(0), row.text(1), base::from_seconds(row.integer(2)),
                      base::from_seconds(row.integer(3)), base::from_seconds(row.integer(4)), row.integer(5),
                      row.real(6), row.real(7), row.real(8)});
  }
  return models;
}

Model model(const Store& store, const std::string& name) {
  std::string known;
  for (Model& model : models(store)) {
    if (model.name == name) return std::move(model);
    known += (known.empty() ? "" : ", ") + model.name;
  }
  throw base::Error(base::ErrorKind::not_found, "there is no model '" + name + "'",
                    known.empty() ? "'deskloom predict train' makes one" : "there are " + known);
}

std::vector<Promotion> promotions(const Store& store) {
  auto row = store.db().prepare("SELECT at, model, why FROM promotions ORDER BY number DESC");
  std::vector<Promotion> promotions;
  while (row.step())
    promotions.push_back({base::from_seconds(row.integer(0)), row.optional_text(1), row.text(2)});
  return promotions;
}

std::optional<Model> model_in_force(const Store& store) {
  auto row = store.db().prepare("SELECT model FROM promotions ORDER BY number DESC LIMIT 1");
  if (!row.step() || row.is_null(0)) return {};
  return model(store, row.text(0));
}

void promote(Store& store, const Promotion& promotion) {
  store.db()
      .prepare("INSERT INTO promotions (at, model, why) VALUES (?, ?, ?)")
      .bind(base::to_seconds(promotion.at))
      .bind(promotion.model)
      .bind(promotion.why)
      .run();
}

}  // namespace deskloom::forecast
