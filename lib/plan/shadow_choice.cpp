#include "plan/shadow_choice.hpp"

#include <algorithm>
#include <tuple>

namespace deskloom::plan {
double minutes_saved(const PoolTimes& times) { return std::max(0.0, times.stitch_s - times.inflate_s) / 60; }

std::vector<std::size_t> users_worth_a_shadow(const PoolOutlook& outlook, const std::vector<double>& chances,
                                              const std::vector<bool>& holds, double idle_cost, int most) {
  const auto& users = outlook.arrivals.users;
  const double saved = outlook.wait_per_min * minutes_saved(outlook.times);
  std::vector<std::size_t> chosen;
  for (std::size_t user = 0; user < users.size(); ++user) {
    const double gain = chances[user] * saved, loss = (1 - chances[user]) * idle_cost;
    if (!holds[user] && users[user].has_persona && chances[user] >= least_chance && gain > loss)
      chosen.push_back(user);
  }
  std::ranges::sort(chosen, [&](std::size_t a, std::size_t b) {
    return std::tie(chances[b], users[a].user) < std::tie(chances[a], users[b].user);
  });
  chosen.resize(std::min(chosen.size(), static_cast<std::size_t>(std::max(0, most))));
  return chosen;
}

}  // namespace deskloom::plan
