#include <CLI/CLI.hpp>

#include "forecast/models.hpp"
#include "frame/context.hpp"
#include "predict/predict.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, PredictListOptions&) {}

frame::ExitCode run(const PredictListOptions&, frame::Context& context) {
  const forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::read);
  const auto in_force = forecast::model_in_force(store);
  const auto exact = [](double value) { return frame::Value::number_of(value, 5); };
  frame::Table models({{"model", "MODEL"},
                       {"kind", "KIND"},
                       {"in_force", "IN FORCE"},
                       {"learnt_from", "LEARNT FROM"},
                       {"learnt_until", "UNTIL"},
                       {"users", "USERS"},
                       {"log_loss", "LOG LOSS"},
                       {"brier", "BRIER"},
                       {"calibration_error", "CALIBRATION"}});
  for (const forecast::Model& model : forecast::models(store)) {
    models.add({model.name, model.kind, in_force && in_force->name == model.name, model.learnt_from,
                model.learnt_until, model.users, exact(model.log_loss), exact(model.brier),
                exact(model.calibration_error)});
  }
  frame::Table promotions({{"at", "AT"}, {"model", "IN FORCE SINCE THEN"}, {"why", "WHY"}});
  for (const forecast::Promotion& promotion : forecast::promotions(store))
    promotions.add({promotion.at, promotion.model.value_or("habits alone"), promotion.why});
  context.print(frame::Document()
                    .table("models", "", models, "no models: forecasts are made of habits alone")
                    .table("promotions", "In force", promotions, "none yet: habits alone"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
