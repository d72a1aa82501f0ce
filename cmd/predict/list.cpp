#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "forecast/models.hpp"
#include "frame/context.hpp"
#include "operation/standing.hpp"
#include "predict/band_names.hpp"
#include "predict/evaluation_tables.hpp"
#include "predict/predict.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {
namespace {

std::string correction_text(const predict::Correction& correction) {
  if (correction.is_none()) return "none";
  return fmt::format("{:.2f} z {:+.2f}", correction.slope, correction.offset);
}

frame::Table bands_table(const operation::ModelStanding& standing) {
  frame::Table table({{"ahead", "AHEAD"},
                      {"slots", "SLOTS"},
                      {"log_loss", "LOG LOSS"},
                      {"by_habit", "BY HABIT"},
                      {"promised", "PROMISED"},
                      {"promised_by_habit", "BY HABIT THEN"},
                      {"calibration_error", "CALIBRATION"},
                      {"correction", "CORRECTION"},
                      {"slope", ""},
                      {"offset", ""}});
  for (std::size_t band = 0; band < standing.bands.size(); ++band) {
    const operation::BandStanding& of = standing.bands[band];
    if (of.slots == 0) continue;
    table.add({band_names[band], static_cast<std::uint64_t>(of.slots), exact(of.log_loss), exact(of.by_habit),
               exact(of.promised), exact(of.promised_by_habit), exact(of.calibration_error),
               correction_text(of.correction), frame::Value::number_of(of.correction.slope, 4),
               frame::Value::number_of(of.correction.offset, 4)});
  }
  return table;
}

frame::Table pools_table(const operation::ModelStanding& standing) {
  frame::Table table({{"pool", "POOL"},
                      {"hours", "HOURS"},
                      {"arrivals_within", "ARRIVALS WITHIN"},
                      {"arrivals_loss", "LOSS"},
                      {"concurrent_within", "USERS AT ONCE WITHIN"},
                      {"concurrent_loss", "LOSS"}});
  for (const operation::PoolStanding& pool : standing.pools) {
    const auto share = [](double value) { return frame::Value::number_of(value, 3); };
    table.add({pool.pool, pool.hours, share(pool.arrivals_within), share(pool.arrivals_loss),
               share(pool.concurrent_within), share(pool.concurrent_loss)});
  }
  return table;
}

}  // namespace

void setup(CLI::App&, PredictListOptions&) {}

frame::ExitCode run(const PredictListOptions&, frame::Context& context) {
  const forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::read);
  const auto in_force = forecast::model_in_force(store);
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
  const auto standing = operation::model_standing(store, users_clock(context.policy()), context.policy(),
                                                  context.clock().now());
  context.print(frame::Document()
                    .field("in_force", "In force", standing.model.value_or("habits alone"))
                    .field("verdict", "Lately", standing.verdict)
                    .field("drifted", "", standing.connects.has_drifted)
                    .field("excess", "", frame::Value::number_of(standing.connects.excess, 4))
                    .field("scored_until", "Scored until", standing.until)
                    .table("models", "", models, "no models: forecasts are made of habits alone")
                    .table("promotions", "In force", promotions, "none yet: habits alone")
                    .table("feedback", "Log loss of who connects, in the last 14 days", bands_table(standing),
                           "nothing is scored yet")
                    .table("pools", "Hours of pools within the 95 % quantile", pools_table(standing),
                           "nothing is scored yet"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
