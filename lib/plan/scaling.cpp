#include "plan/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace deskloom::plan {
namespace {

using domain::Allocation;
using domain::Metric;
using domain::ScaleRule;

constexpr double per_cent = 100;
constexpr std::int64_t mib = 1 << 20;

// What there is of the metric to be used; 0: nothing that could be counted.
double all_of(const Allocation& has, const std::string& metric) {
  if (metric == "cpu") return has.vcpus;
  if (metric == "memory") return static_cast<double>(has.memory_bytes);
  if (metric == "gpu") return has.gpus;
  if (metric == "network") return static_cast<double>(has.network_bytes_s);
  if (metric == "storage") return static_cast<double>(has.storage_bytes_s);
  return 0;
}

bool is_beyond(const ScaleRule& rule, double percent) {
  return rule.is_above ? percent > rule.percent : percent < rule.percent;
}

// percent: of the sample; nullopt: it does not say.
template <typename Percent>
std::optional<double> last_while_beyond(const DesktopUse& use, const ScaleRule& rule,
                                        const Percent& percent) {
  const auto begin = use.now - std::chrono::minutes(rule.minutes);
  std::optional<double> last;
  bool reaches_back = false;
  for (auto sample = use.samples.rbegin(); sample != use.samples.rend() && !reaches_back; ++sample) {
    if (sample->at < begin - samples_hold) break;
    const auto value = percent(*sample);
    if (!value) continue;
    if (!is_beyond(rule, *value)) return std::nullopt;
    if (!last) last = value;
    reaches_back = sample->at <= begin;
  }
  return reaches_back ? last : std::nullopt;
}

std::int64_t amount(const Allocation& allocation, const std::string& scale) {
  return scale == "cpus" ? allocation.vcpus : static_cast<std::int64_t>(allocation.memory_bytes) / mib;
}

void set_amount(Allocation& allocation, const std::string& scale, std::int64_t to) {
  if (scale == "cpus") {
    allocation.vcpus = static_cast<std::uint32_t>(to);
  } else {
    allocation.memory_bytes = static_cast<std::uint64_t>(to * mib);
  }
}

std::int64_t amount_after(const DesktopUse& use, const ScaleRule& rule) {
  const std::int64_t has = amount(use.has, rule.scale);
  std::int64_t least = std::min(amount(use.minimal, rule.scale), has);
  std::int64_t most = std::max(amount(use.full, rule.scale), has);
  if (rule.limit && rule.by > 0)
    most = std::min<std::int64_t>(most, std::max<std::int64_t>(*rule.limit, has));
  if (rule.limit && rule.by < 0)
    least = std::max<std::int64_t>(least, std::min<std::int64_t>(*rule.limit, has));
  return std::clamp(has + rule.by, least, most);
}

// The percentage from which on a rule would give more of it, the lowest of several.
std::optional<int> gives_from(std::span<const NamedRule> rules, const std::string& metric,
                              const std::string& scale) {
  std::optional<int> lowest;
  for (const auto& [name, rule] : rules) {
    const bool gives = rule.by > 0 && rule.is_above && rule.metric == metric && rule.scale == scale;
    if (gives) lowest = std::min(lowest.value_or(rule.percent), rule.percent);
  }
  return lowest;
}

bool would_return(std::span<const NamedRule> rules, const ScaleRule& rule, double percent_after) {
  const auto from = gives_from(rules, rule.metric, rule.scale);
  return rule.by < 0 && from && percent_after > *from - scale_margin_percent;
}

class DesktopScaling {
 public:
  DesktopScaling(const DesktopUse& use, std::span<const NamedRule> rules)
      : use_(use), rules_(rules), choice_{use.has, {}} {}

  ScaleChoice choose() {
    for (const char* scale : {"cpus", "memory"}) {
      if (!apply_first(scale, true)) apply_first(scale, false);
    }
    return std::move(choice_);
  }

 private:
  bool apply_first(const std::string& scale, bool gives) {
    for (const auto& named : rules_) {
      if (named.rule.scale == scale && (named.rule.by > 0) == gives && apply(named)) return true;
    }
    return false;
  }

  bool apply(const NamedRule& named) {
    const ScaleRule& rule = named.rule;
    const double all = all_of(use_.has, rule.metric);
    const auto to = amount_after(use_, rule);
    const auto has = amount(use_.has, rule.scale);
    if (all <= 0 || to == has) return false;
    const auto percent = last_while_beyond(use_, rule, [&](const domain::Sample& s) -> std::optional<double> {
      const double used = s[domain::parse_name(domain::metric_names, rule.metric, "metric")];
      return std::isnan(used) ? std::nullopt : std::optional(per_cent * used / all);
    });
    if (!percent) return false;
    const bool is_of_it = rule.metric == (rule.scale == "cpus" ? "cpu" : rule.scale);
    const double after = is_of_it ? *percent * static_cast<double>(has) / static_cast<double>(to) : *percent;
    if (would_return(rules_, rule, after)) return false;
    set_amount(choice_.to, rule.scale, to);
    choice_.reasons.push_back(fmt::format(
        "{}: {} at {:.0f} % of what it has, {} {} % for {} minutes: {} {} to {}", named.name, rule.metric,
        *percent, rule.is_above ? "above" : "below", rule.percent, rule.minutes, rule.scale, has, to));
    return true;
  }

  const DesktopUse& use_;
  std::span<const NamedRule> rules_;
  ScaleChoice choice_;
};

double percent_in_use(const PoolFill& fill) {
  const int all = fill.in_use + fill.ready;
  return all == 0 ? 0 : per_cent * fill.in_use / all;
}

// Fills hold from their moment to the next one's.
bool has_stood_beyond(const PoolUse& use, const ScaleRule& rule) {
  const auto begin = use.now - std::chrono::minutes(rule.minutes);
  if (use.fills.front().from > begin) return false;
  for (auto fill = use.fills.rbegin(); fill != use.fills.rend(); ++fill) {
    if (!is_beyond(rule, percent_in_use(*fill))) return false;
    if (fill->from <= begin) return true;
  }
  return false;
}

int extra_after(const PoolUse& use, const ScaleRule& rule) {
  const PoolFill& now = use.fills.back();
  if (rule.by < 0) return std::max(0, use.extra + rule.by);
  const int room = rule.limit ? std::max(0, *rule.limit - now.in_use - now.ready) : rule.by;
  return use.extra + std::min(rule.by, room);
}

}  // namespace

ScaleChoice choose_scale(const DesktopUse& use, std::span<const NamedRule> rules) {
  return DesktopScaling(use, rules).choose();
}

PoolScaleChoice choose_pool_scale(const PoolUse& use, std::span<const NamedRule> rules) {
  for (const bool gives : {true, false}) {
    for (const auto& [name, rule] : rules) {
      if (rule.metric != "instances" || (rule.by > 0) != gives || !has_stood_beyond(use, rule)) continue;
      const int extra = extra_after(use, rule);
      if (extra == use.extra) continue;
      PoolFill after = use.fills.back();
      after.ready = std::max(0, after.ready + extra - use.extra);
      if (would_return(rules, rule, percent_in_use(after))) continue;
      return {extra,
              fmt::format("{}: {:.0f} % of {} instances in use, {} {} % for {} minutes", name,
                          percent_in_use(use.fills.back()), use.fills.back().in_use + use.fills.back().ready,
                          rule.is_above ? "above" : "below", rule.percent, rule.minutes)};
    }
  }
  return {use.extra, ""};
}

}  // namespace deskloom::plan
