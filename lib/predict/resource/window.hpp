#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time_zone.hpp"
#include "predict/quantiles.hpp"
#include "predict/time_grid.hpp"

// What is known of one amount of one entity (a user's desktop, a virtual machine) when it is to be forecast:
// its last two weeks, hour by hour. Whole hours since 1970; amounts of an hour, in any unit, 0 or more.
namespace deskloom::predict {

inline constexpr std::size_t past_hours = 14 * hours_per_day;
inline constexpr std::size_t most_hours_ahead = 7 * hours_per_day;

// One amount of one entity. What is negative, not a number, or beyond 1e30 counts as not known.
struct HourlyAmounts {
  std::int64_t first_hour = 0;
  std::vector<float> amounts;

  // NaN: not known.
  float at(std::int64_t hour) const;
};

// The hour from which on is forecast; the same for many entities. Hours of its window are counted from the
// first of the past ones: past_hours is the first one that is forecast.
class ResourceOrigin {
 public:
  ResourceOrigin(const base::TimeZone& zone, std::int64_t hour);

  std::int64_t hour() const { return hour_; }
  // On a Saturday or Sunday, by the clock on the wall.
  bool is_rest(std::size_t hour) const { return is_rest_[hour]; }
  // How much each past hour tells of one: less, when one is of rest and the other is not.
  std::span<const float, past_hours> kind_weights(std::size_t hour) const {
    return kind_weights_[is_rest(hour) ? 1 : 0];
  }

 private:
  std::int64_t hour_;
  std::bitset<past_hours + most_hours_ahead> is_rest_;
  std::array<std::array<float, past_hours>, 2> kind_weights_{};  // of hours of work, of rest
};

// An hour that was like the last one.
struct Analog {
  std::uint16_t hour = 0;  // before the one with which what followed begins
  float weight = 0;
};

// The past before an origin, and what experts share of what they look up in it. Big: keep one for many.
class ResourceWindow {
 public:
  static constexpr std::size_t most_analogs = 24;
  // The first hours, after which a day is known.
  static constexpr std::size_t candidates = past_hours - hours_per_day;

  // Looks at nothing from the origin on. Both are kept until the next call.
  void look(const ResourceOrigin& origin, const HourlyAmounts& series);

  const ResourceOrigin& origin() const { return *origin_; }
  std::size_t known_hours() const { return ascending_.size(); }  // 0: there is nothing to forecast from
  float mean() const { return mean_; }
  bool is_known(std::size_t hour) const { return known_[hour]; }
  // What is not known is as it last was.
  float amount(std::size_t hour) const { return amounts_[hour]; }
  float last() const { return amounts_.back(); }
  std::span<const float, past_hours> amounts() const { return amounts_; }
  // The known amounts, and where each hour's is among them.
  std::span<const float> ascending() const { return ascending_; }
  std::size_t rank(std::size_t hour) const { return ranks_[hour]; }
  // The most alike first; each a day or more before the origin.
  std::span<const Analog> analogs() const { return analogs_; }

 private:
  void fill_gaps(const HourlyAmounts& series);
  void rank_amounts();
  std::array<float, candidates> weigh_candidates() const;
  void find_analogs();

  const ResourceOrigin* origin_ = nullptr;
  std::array<bool, past_hours> known_{};
  std::array<float, past_hours> amounts_{};
  std::array<std::uint16_t, past_hours> ranks_{};
  std::vector<float> ascending_;
  std::vector<Analog> analogs_;
  std::vector<std::uint64_t> keys_;  // to sort by
  float mean_ = 0;
};

}  // namespace deskloom::predict
