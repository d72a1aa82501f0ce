#include "operation/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/fd.hpp"
#include "base/json.hpp"
#include "base/sha256.hpp"
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

std::vector<std::string> hosts_in(const policy::Policy& policy, const std::vector<std::string>& regions) {
  std::vector<std::string> hosts;
  for (const auto& [name, host] : policy.hosts)
    if (host.region && std::ranges::find(regions, *host.region) != regions.end()) hosts.push_back(name);
  return hosts;
}

// One that names hosts and regions is two: the hosts that it names go before those of a region.
std::vector<plan::Price> prices_of(const policy::Policy& policy) {
  std::vector<plan::Price> prices;
  for (const auto& [name, price] : policy.prices) {
    plan::Price made{name,           price.hosts,    false,          window_of(price),
                     price.cpu_hour, price.gib_hour, price.gpu_hour, price.host_hour};
    if (!price.hosts.empty() || price.regions.empty()) prices.push_back(made);
    made.hosts = hosts_in(policy, price.regions);
    made.is_regional = true;
    if (!made.hosts.empty()) prices.push_back(std::move(made));
  }
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

base::Json json_of(const plan::Price& price) {
  base::Json json{price.name,    price.hosts,   price.is_regional, price.per_cpu,
                  price.per_gib, price.per_gpu, price.per_host};
  if (price.window)
    json.insert(json.end(), {price.window->days, price.window->from_min, price.window->until_min});
  return json;
}

base::Json json_of(const plan::SpotPrice& price) {
  const base::Json until = price.until ? base::Json(base::to_ns(*price.until)) : base::Json(nullptr);
  const base::Json per_host = price.per_host ? base::Json(*price.per_host) : base::Json(nullptr);
  return {price.host, price.factor, per_host, price.evictions_per_hour, until};
}

}  // namespace

plan::PriceList list_prices(const policy::Policy& policy) {
  return {prices_of(policy), {}, users_clock(policy)};
}

plan::PriceList price_list(const policy::Policy& policy, base::Timestamp now,
                           std::vector<std::string>& notes) {
  return {prices_of(policy), spot_prices(policy.spot, now, notes), users_clock(policy)};
}

std::string prices_digest(const policy::Policy& policy, base::Timestamp now) {
  std::vector<std::string> unused;
  base::Json prices = base::Json::array();
  for (const auto& price : prices_of(policy)) prices.push_back(json_of(price));
  for (const auto& price : spot_prices(policy.spot, now, unused)) prices.push_back(json_of(price));
  const std::string text = prices.dump();
  return base::hex_of(base::sha256(std::as_bytes(std::span(text))));
}

}  // namespace deskloom::operation
