#include "predict/resource/window.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr std::size_t candidates = ResourceWindow::candidates;
constexpr std::size_t near_hours = 3;  // whose mean must be alike too
constexpr std::size_t same_time_hours = 2;
constexpr float other_time = 0.2F, other_kind_of_day = 0.2F;
constexpr double memory_hours = past_hours;
constexpr float least_change = 1e-12F;

// Sums of amounts, and their squares, must stay within what a float holds.
constexpr float most_amount = 1e30F;

bool is_amount(float value) { return value >= 0 && value <= most_amount; }

std::size_t distance_on_clock(std::size_t hours) {
  const std::size_t around = hours % hours_per_day;
  return std::min(around, hours_per_day - around);
}

// How much hours weigh by when they were: what is long ago, or at another time of day, less.
std::array<float, candidates> make_time_weights() {
  std::array<float, candidates> weights{};
  for (std::size_t hour = 0; hour < candidates; ++hour) {
    const std::size_t age = past_hours - 1 - hour;
    const std::size_t distance = distance_on_clock(age);
    const float by_time =
        distance <= same_time_hours ? 1 / (1 + static_cast<float>(distance) / 2) : other_time;
    weights[hour] = by_time * static_cast<float>(std::exp(-static_cast<double>(age) / memory_hours));
  }
  return weights;
}

// A value with its hour, in the order of the values: the bits of floats are, when they are not negative.
std::uint64_t key_of(float value, std::size_t hour) {
  return std::uint64_t{std::bit_cast<std::uint32_t>(value)} << 32 | hour;
}
std::size_t hour_of(std::uint64_t key) { return key & std::numeric_limits<std::uint32_t>::max(); }

std::bitset<past_hours + most_hours_ahead> rest_hours(const base::TimeZone& zone, std::int64_t hour) {
  std::bitset<past_hours + most_hours_ahead> is_rest;
  const base::Timestamp first(std::chrono::hours(hour - static_cast<std::int64_t>(past_hours)));
  for (std::size_t i = 0; i < is_rest.size(); ++i) {
    const auto day = std::chrono::floor<std::chrono::days>(zone.local(first + std::chrono::hours(i)));
    is_rest[i] = std::chrono::weekday(day).iso_encoding() >= 6;
  }
  return is_rest;
}

}  // namespace

float HourlyAmounts::at(std::int64_t hour) const {
  const std::int64_t place = hour - first_hour;
  if (place < 0 || place >= static_cast<std::int64_t>(amounts.size()))
    return std::numeric_limits<float>::quiet_NaN();
  const float amount = amounts[static_cast<std::size_t>(place)];
  return is_amount(amount) ? amount : std::numeric_limits<float>::quiet_NaN();
}

ResourceOrigin::ResourceOrigin(const base::TimeZone& zone, std::int64_t hour)
    : hour_(hour), is_rest_(rest_hours(zone, hour)) {
  for (std::size_t past = 0; past < past_hours; ++past) {
    kind_weights_[0][past] = is_rest_[past] ? other_kind_of_day : 1;
    kind_weights_[1][past] = is_rest_[past] ? 1 : other_kind_of_day;
  }
}

void ResourceWindow::look(const ResourceOrigin& origin, const HourlyAmounts& series) {
  origin_ = &origin;
  fill_gaps(series);
  rank_amounts();
  find_analogs();
}

void ResourceWindow::fill_gaps(const HourlyAmounts& series) {
  const std::int64_t first = origin_->hour() - static_cast<std::int64_t>(past_hours);
  float before = 0;
  double sum = 0;
  int known = 0;
  for (std::size_t hour = 0; hour < past_hours; ++hour) {
    const float amount = series.at(first + static_cast<std::int64_t>(hour));
    known_[hour] = !std::isnan(amount);
    if (known_[hour]) {
      before = std::abs(amount);  // no -0
      sum += before;
      ++known;
    }
    amounts_[hour] = before;
  }
  mean_ = static_cast<float>(sum / std::max(1, known));
}

void ResourceWindow::rank_amounts() {
  keys_.clear();
  for (std::size_t hour = 0; hour < past_hours; ++hour)
    if (known_[hour]) keys_.push_back(key_of(amounts_[hour], hour));
  std::ranges::sort(keys_);
  ascending_.clear();
  for (const std::uint64_t key : keys_) {
    const std::size_t hour = hour_of(key);
    ranks_[hour] = static_cast<std::uint16_t>(ascending_.size());
    ascending_.push_back(amounts_[hour]);
  }
}

std::array<float, ResourceWindow::candidates> ResourceWindow::weigh_candidates() const {
  static const auto time_weights = make_time_weights();
  float changes = 0;
  for (std::size_t hour = 1; hour < past_hours; ++hour)
    changes += std::abs(amounts_[hour] - amounts_[hour - 1]);
  const float per_change = (past_hours - 1) / (changes + least_change);
  const auto sum_until = [&](std::size_t hour) {
    return amounts_[hour] + amounts_[hour - 1] + amounts_[hour - 2];
  };
  const float last_sum = sum_until(past_hours - 1);
  std::array<float, candidates> weights{};
  for (std::size_t hour = near_hours - 1; hour < candidates; ++hour) {
    const float apart = std::abs(amounts_[hour] - last()) + std::abs(sum_until(hour) - last_sum) / near_hours;
    const float unlike = 1 + apart * per_change / 2;
    weights[hour] = time_weights[hour] / (unlike * unlike);
  }
  return weights;
}

void ResourceWindow::find_analogs() {
  const auto weights = weigh_candidates();
  keys_.clear();
  for (std::size_t hour = 0; hour < candidates; ++hour)
    if (known_[hour] && weights[hour] > 0) keys_.push_back(key_of(weights[hour], hour));
  const auto most = static_cast<std::ptrdiff_t>(std::min(keys_.size(), most_analogs));
  std::ranges::nth_element(keys_, keys_.begin() + most, std::ranges::greater{});
  std::ranges::sort(keys_.begin(), keys_.begin() + most, std::ranges::greater{});
  analogs_.clear();
  for (const std::uint64_t key : std::span(keys_).first(static_cast<std::size_t>(most)))
    analogs_.push_back({static_cast<std::uint16_t>(hour_of(key)), weights[hour_of(key)]});
}

}  // namespace deskloom::predict
