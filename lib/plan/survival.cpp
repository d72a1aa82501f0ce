#include "plan/survival.hpp"

#include <cmath>
#include <vector>

#include "plan/count_distribution.hpp"

namespace deskloom::plan {

int ghosts_to_survive(int wanted, double probability, std::span<const double> risks, double new_risk,
                      int most) {
  std::vector<double> stays;
  const auto add = [&] {
    stays.push_back(1 - (stays.size() < risks.size() ? risks[stays.size()] : new_risk));
  };
  const auto lacks = [&] { return CountDistribution::of_each(stays).at_most(wanted - 1) > 1 - probability; };
  while (static_cast<int>(stays.size()) < wanted) add();
  while (wanted > 0 && static_cast<int>(stays.size()) < most && lacks()) add();
  return static_cast<int>(stays.size());
}

double risk_within(double per_hour, double hours) { return 1 - std::pow(1 - per_hour, hours); }

}  // namespace deskloom::plan
