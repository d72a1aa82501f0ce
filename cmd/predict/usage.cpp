#include "predict/usage.hpp"

#include "ingest/time_text.hpp"
#include "predict/time_grid.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {

Usage::Usage(frame::Context& context)
    : history_(context.policy().history_file(), history::Store::Access::read),
      source_{history_, users_clock(context.policy()), context.policy()} {}

base::Timestamp time_or_now(const std::optional<std::string>& text, frame::Context& context) {
  return text ? ingest::TimeReader(users_clock(context.policy())).read(*text) : context.clock().now();
}

ProfileTable::ProfileTable()
    : table_({{"user", "USER"}, {"timestamp", "FROM"}, {"connects", "CONNECTS"}, {"present", "PRESENT"}}) {}

void ProfileTable::add(const std::string& user, const forecast::ForecastOf& of,
                       const forecast::UserForecast& forecast) {
  for (std::size_t slot = 0; slot < forecast.connects.size(); ++slot) {
    const std::int64_t at = of.origin_s + static_cast<std::int64_t>(slot) * predict::slot_s;
    table_.add({user, operation::time_of(at), frame::Value::number_of(forecast.connects[slot], 4),
                frame::Value::number_of(forecast.present[slot], 4)});
  }
}

}  // namespace deskloom::cmd
