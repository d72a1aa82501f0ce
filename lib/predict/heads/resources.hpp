#pragma once

#include <string>

#include "predict/heads/examples.hpp"
#include "predict/heads/knowledge.hpp"
#include "predict/resource/model.hpp"

// The heads for how much desktops use, one for each metric.
namespace deskloom::predict {

// What a head says of is the next day; later hours stay as they are.
inline constexpr std::size_t resource_head_hours = hours_per_day;
// Of an hour: the mixture's quantiles, the last amount, those a day and a week before, and the spread, all as
// logarithms of shares of the mean; how far ahead; the time of the day and of the week, whether it is of
// rest, and how many hours are known.
inline constexpr std::size_t resource_head_inputs = quantile_levels.size() + 13;

std::string resource_head(const std::string& metric);

// What one user's desktop used.
struct UserAmounts {
  std::string user;
  HourlyAmounts amounts;
};

// A window, and what a mixture made of it, as the head takes them.
class ResourceHeadRows {
 public:
  // ahead: the mixture's, from the window's origin on; at most resource_head_hours of it are looked at.
  ResourceHeadRows(const ResourceWindow& window, std::span<const Quantiles> ahead);

  std::span<const float> rows() const { return rows_; }
  std::span<const float> spreads() const { return spreads_; }

 private:
  std::vector<float> rows_, spreads_;
};

// The forecaster's last forecast. Of who is hardly known, it stays as it is.
void correct_resources(const HeadOfUser& head, const ResourceForecaster& forecaster,
                       std::span<Quantiles> ahead);

// What to learn from of hours before `until`, since 1970: base models learn from what comes before
// validated_from.
HeadSet resource_head_set(std::span<const UserAmounts> users, const base::TimeZone& zone,
                          std::int64_t validated_from, std::int64_t until, Knowledge& knowledge);

}  // namespace deskloom::predict
