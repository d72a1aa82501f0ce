#include "operation/returns.hpp"

#include "base/error.hpp"
#include "predict/time_grid.hpp"

namespace deskloom::operation {

Returns::Returns(const std::filesystem::path& file, base::Timestamp now) : now_(now) {
  nothing_because_ = "nothing is foretold yet: run 'deskloom predict forecast'";
  if (!std::filesystem::exists(file)) return;
  store_ = std::make_unique<forecast::Store>(file, forecast::Store::Access::read);
  const auto newest = forecast::newest_forecast(*store_);
  if (!newest) return;
  of_ = *newest;
  const std::int64_t end_s = of_.origin_s + of_.slots * predict::slot_s;
  nothing_because_ = base::to_seconds(now) < end_s
                         ? ""
                         : "the newest forecast ended at " + base::to_rfc3339(base::from_seconds(end_s)) +
                               ": run 'deskloom predict forecast'";
}

std::optional<double> Returns::probability(const std::string& user, std::chrono::minutes within) const {
  if (!nothing_because_.empty()) return std::nullopt;
  const std::int64_t from_s = base::to_seconds(now_) - of_.origin_s;
  const std::int64_t until_s = from_s + std::chrono::seconds(within).count();
  const std::int64_t first = std::max<std::int64_t>(from_s, 0) / predict::slot_s;
  const std::int64_t last = std::min((until_s + predict::slot_s - 1) / predict::slot_s, of_.slots);
  if (first >= last) return std::nullopt;
  try {
    const auto forecast = forecast::forecast_of(*store_, user);
    return forecast::step_of(forecast, static_cast<std::size_t>(first), static_cast<std::size_t>(last))
        .connects;
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::not_found) throw;
    return std::nullopt;
  }
}

}  // namespace deskloom::operation
