#include "predict/network/session_tokens.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace deskloom::predict {
namespace {

constexpr double hour_s = 3600;

// Beyond the grid's ends the clock goes on as it stands there.
int hour_of_week(const TimeGrid& grid, std::int64_t time_s) {
  const std::int64_t slot = grid.slot_of(time_s);
  const std::int64_t nearest = std::clamp<std::int64_t>(slot, 0, grid.slots() - 1);
  const std::int64_t moved = grid.hour_of_week(nearest) + (slot - nearest) % slots_per_week;
  return static_cast<int>((moved + slots_per_week) % slots_per_week);
}

double log_hours(std::int64_t seconds) {
  return std::log1p(static_cast<double>(std::max<std::int64_t>(seconds, 0)) / hour_s);
}

}  // namespace

std::vector<Token> tokens_of(const TimeGrid& grid, std::span<const domain::Session> sessions) {
  std::vector<Token> tokens;
  tokens.reserve(sessions.size());
  if (grid.slots() == 0) return std::vector<Token>(sessions.size());
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const double week =
        2 * std::numbers::pi * hour_of_week(grid, sessions[i].begin_s) / static_cast<double>(slots_per_week);
    const double day = 7 * week;
    const std::array<double, token_width> values{
        i == 0 ? 0 : log_hours(sessions[i].begin_s - sessions[i - 1].end_s),
        log_hours(sessions[i].end_s - sessions[i].begin_s),
        std::sin(day),
        std::cos(day),
        std::sin(week),
        std::cos(week),
        std::sin(2 * week),
        i == 0 ? 1.0 : 0.0};
    Token& token = tokens.emplace_back();
    std::ranges::transform(values, token.begin(), [](double value) { return static_cast<float>(value); });
  }
  return tokens;
}

}  // namespace deskloom::predict
