#include "plan/price.hpp"

#include <algorithm>
#include <tuple>

namespace deskloom::plan {
namespace {

constexpr std::chrono::minutes sampled_each{15};
constexpr double gib = 1ULL << 30;

double shared(double per_host, int others) { return per_host / (others + 1); }

double list_cost(const Price& price, const domain::Allocation& instance, int others) {
  return price.per_cpu * instance.vcpus + price.per_gib * static_cast<double>(instance.memory_bytes) / gib +
         price.per_gpu * instance.gpus + shared(price.per_host, others);
}

}  // namespace

PriceList::PriceList(std::vector<Price> prices, const std::vector<SpotPrice>& spot, base::TimeZone zone)
    : prices_(std::move(prices)), zone_(std::move(zone)) {
  std::ranges::sort(prices_, [](const Price& a, const Price& b) {
    return std::tuple(a.hosts.empty(), a.is_regional, !a.window, a.name) <
           std::tuple(b.hosts.empty(), b.is_regional, !b.window, b.name);
  });
  for (const SpotPrice& price : spot) spot_.insert_or_assign(price.host, price);
}

const Price* PriceList::list_price(const std::string& host, base::Timestamp t) const {
  const auto local = zone_.local(t);
  const auto found = std::ranges::find_if(prices_, [&](const Price& price) {
    const bool is_there = price.hosts.empty() || std::ranges::find(price.hosts, host) != price.hosts.end();
    return is_there && (!price.window || price.window->holds_at(local));
  });
  return found == prices_.end() ? nullptr : &*found;
}

const SpotPrice* PriceList::spot_price(const std::string& host, base::Timestamp t) const {
  const auto found = spot_.find(host);
  const bool holds = found != spot_.end() && (!found->second.until || t < *found->second.until);
  return holds ? &found->second : nullptr;
}

std::optional<double> PriceList::per_hour(const std::string& host, const domain::Allocation& instance,
                                          int others, base::Timestamp t) const {
  const SpotPrice* spot = spot_price(host, t);
  if (spot != nullptr && spot->per_host) return shared(*spot->per_host, others);
  const Price* price = list_price(host, t);
  if (price == nullptr) return std::nullopt;
  return list_cost(*price, instance, others) * (spot == nullptr ? 1 : spot->factor);
}

std::optional<double> PriceList::per_hour(const std::string& host, const domain::Allocation& instance,
                                          int others, base::Timestamp from, base::Timestamp until) const {
  double sum = 0;
  int known = 0;
  for (base::Timestamp t = from; t < until; t += sampled_each) {
    const auto price = per_hour(host, instance, others, t);
    sum += price.value_or(0);
    known += price ? 1 : 0;
  }
  return known > 0 ? std::optional(sum / known) : std::nullopt;
}

double PriceList::evictions_per_hour(const std::string& host, base::Timestamp t) const {
  const SpotPrice* spot = spot_price(host, t);
  return spot == nullptr ? 0 : spot->evictions_per_hour;
}

}  // namespace deskloom::plan
