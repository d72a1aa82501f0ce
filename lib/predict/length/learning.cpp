#include "predict/length/learning.hpp"

#include <algorithm>

#include "predict/length/walk.hpp"
#include "predict/network/sampler.hpp"

namespace deskloom::predict {
namespace {

constexpr std::int64_t span_slots = 12 * slots_per_week, settling = slots_per_week;
constexpr double most_targets = 20'000;
constexpr std::size_t enough_targets = 200;
constexpr int rounds = 2;
constexpr std::size_t levels_learnt = 10;  // 0.1 to 0.95

// A number of the model, and what is tried of it.
struct Ladder {
  float LengthModel::*number;
  std::vector<float> rungs;
};

const std::vector<Ladder>& ladders() {
  static const std::vector<Ladder> all{{&LengthModel::hours_apart, {0.5F, 0.75F, 1, 1.5F, 2, 3, 5, 12}},
                                       {&LengthModel::by_the_clock, {0, 0.25F, 0.5F, 0.75F, 1}},
                                       {&LengthModel::others_sessions, {0.25F, 0.5F, 1, 2, 4, 8, 16}},
                                       {&LengthModel::half_life_weeks, {1, 2, 3, 6, 12}},
                                       {&LengthModel::other_kind_of_day, {0.02F, 0.1F, 0.3F, 1}}};
  return all;
}

double loss_of(const Quantiles& forecast, float hours) {
  double loss = 0;
  for (std::size_t level = 0; level < levels_learnt; ++level)
    loss += pinball_loss(quantile_levels[level], static_cast<double>(forecast[level]),
                         static_cast<double>(hours));
  return loss;
}

class Learning {
 public:
  Learning(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t until,
           std::int64_t lead_s, std::span<const std::size_t> groups)
      : grid_(grid),
        users_(users),
        from_(std::max(settling, until - span_slots)),
        until_(until),
        lead_s_(lead_s),
        groups_(groups) {}

  LengthModel learn() {
    LengthModel model = usual_length_model();
    const std::size_t targets = count();
    if (targets < enough_targets) return model;
    share_ = std::min(1.0, most_targets / static_cast<double>(targets));
    for (int round = 0; round < rounds; ++round)
      for (const Ladder& ladder : ladders()) choose(model, ladder);
    return model;
  }

 private:
  // Sessions that had ended by then.
  template <typename Visit>
  void each_target(const Visit& visit) const {
    const std::int64_t until_s = grid_.time_s(until_);
    each_length(
        grid_, users_, from_, until_, lead_s_,
        [&](const LengthTarget& target) {
          if (users_[target.user].sessions[target.session].end_s <= until_s) visit(target);
        },
        groups_);
  }

  std::size_t count() const {
    std::size_t count = 0;
    each_target([&](const LengthTarget&) { ++count; });
    return count;
  }

  void choose(LengthModel& model, const Ladder& ladder) const {
    std::vector<LengthForecaster> forecasters;
    for (const float rung : ladder.rungs) {
      model.*ladder.number = rung;
      forecasters.emplace_back(model);
    }
    std::vector<double> losses(forecasters.size());
    Sampler sampler(share_);
    each_target([&](const LengthTarget& target) {
      if (!sampler.takes()) return;
      for (std::size_t i = 0; i < forecasters.size(); ++i)
        losses[i] +=
            loss_of(forecasters[i].forecast(target.habits, target.past, target.moment), target.hours);
    });
    const auto least = std::ranges::min_element(losses);
    model.*ladder.number = ladder.rungs[static_cast<std::size_t>(least - losses.begin())];
  }

  const TimeGrid& grid_;
  const std::vector<UserSessions>& users_;
  std::int64_t from_, until_, lead_s_;
  std::span<const std::size_t> groups_;
  double share_ = 1;
};

}  // namespace

LengthModel learn_lengths(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t until,
                          std::int64_t lead_s, std::span<const std::size_t> groups) {
  return Learning(grid, users, until, lead_s, groups).learn();
}

}  // namespace deskloom::predict
