#include "operation/prices.hpp"

#include <fmt/format.h>

#include "base/fd.hpp"
#include "operation/spot_prices.hpp"
#include "operation/users_clock.hpp"

namespace deskloom::operation {
namespace {

std::optional<domain::WeeklyWindow> window_of(const policy::Price& price) {
  if (!price.days && !price.from && !price.until) return std::nullopt;
  domain::WeeklyWindow window;
  if (price.days) window.days = *domain::parse_weekdays(*price.days);
  if (price.from) window.from_min = *domain::parse_time_of_day(*price.from);
  if (price.until) window.until_min = *domain::parse_time_of_day(*price.until);
  return window;
}

std::vector<plan::Price> prices_of(const policy::Policy& policy) {
  std::vector<plan::Price> prices;
  for (const auto& [name, price] : policy.prices)
    prices.push_back({name, price.hosts, window_of(price), price.cpu_hour, price.gib_hour, price.gpu_hour,
                      price.host_hour});
  return prices;
}

std::vector<plan::SpotPrice> spot_prices(const policy::Spot& spot, base::Timestamp now,
                                         std::vector<std::string>& notes) {
  if (!spot.file) return {};
  const auto changed = base::modified_at(*spot.file);
  if (!changed) {
    notes.push_back("no file of spot prices at " + spot.file->string() + ": list prices hold");
    return {};
  }
  const auto age = std::chrono::floor<std::chrono::minutes>(now - *changed).count();
  if (age > spot.max_age_minutes) {
    notes.push_back(
        fmt::format("spot prices in {} are {} minutes old, above max_age_minutes {}: list prices hold",
                    spot.file->string(), age, spot.max_age_minutes));
    return {};
  }
  return read_spot_prices(*spot.file);
}

}  // namespace

plan::PriceList list_prices(const policy::Policy& policy) {
  return {prices_of(policy), {}, users_clock(policy)};
}

plan::PriceList price_list(const policy::Policy& policy, base::Timestamp now,
                           std::vector<std::string>& notes) {
  return {prices_of(policy), spot_prices(policy.spot, now, notes), users_clock(policy)};
}

}  // namespace deskloom::operation
