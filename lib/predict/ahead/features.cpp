#include "predict/ahead/features.hpp"

#include <algorithm>
#include <cmath>

namespace deskloom::predict {
namespace {

constexpr float least = 1e-5F, most = 0.99F;

float logit(float p) {
  const float kept = std::clamp(p, least, most);
  return std::log(kept / (1 - kept));
}

}  // namespace

std::size_t horizon_band_of(std::int64_t ahead) {
  return static_cast<std::size_t>(std::ranges::upper_bound(horizon_bands, ahead) - horizon_bands.begin()) - 1;
}

AheadFeatures ahead_features_of(const TimeGrid& grid, const Turnout& turnout, const HabitRates& of_all,
                                const KnownFuture& calendars, const UserView& user, std::int64_t origin,
                                std::int64_t target) {
  const ConnectFeatures past =
      features_of(grid, turnout, user.week, of_all.connects, user.rates.connects, origin, target);
  const auto hour = static_cast<std::size_t>(grid.hour_of_week(target));
  const std::int64_t ahead = target - origin;
  const auto into_band = static_cast<float>(ahead - horizon_bands[horizon_band_of(ahead)]);
  const auto flag = [](bool is_so) { return is_so ? 1.0F : 0.0F; };
  const std::array<float, ahead_features - connect_features> more{
      flag(user.week.is_in_session(origin)),
      logit(of_all.present[hour]),
      logit(user.rates.present[hour]),
      into_band / slots_per_day,
      flag(calendars.is_holiday(target)),
      flag(calendars.is_out(user.number, target)),
      flag(calendars.is_meeting(user.number, target)),
      flag(calendars.is_before_meeting(user.number, target)),
      calendars.all_hands(target)};
  AheadFeatures features{};
  std::ranges::copy(more, std::ranges::copy(past, features.begin()).out);
  return features;
}

}  // namespace deskloom::predict
