#include "predict/demand/profile.hpp"

#include <cmath>

namespace deskloom::predict {

FadingProfile::FadingProfile(std::size_t cells, double half_life_visits)
    : cells_(cells), fading_(std::pow(0.5, 1 / half_life_visits)) {}

void FadingProfile::add(std::size_t cell, double amount) {
  cells_[cell].amount = cells_[cell].amount * fading_ + amount;
  cells_[cell].visits = cells_[cell].visits * fading_ + 1;
}

double FadingProfile::mean(std::size_t cell, double usual, double visits) const {
  return mean_around(cell, 0, usual, visits);
}

double FadingProfile::mean_around(std::size_t cell, std::size_t reach, double usual, double visits) const {
  double amount = usual * visits, seen = visits;
  for (std::size_t i = 0; i <= 2 * reach; ++i) {
    const Cell& near = cells_[(cell + cells_.size() + i - reach) % cells_.size()];
    const auto weight =
        static_cast<double>(i <= reach ? i + 1 : 2 * reach + 1 - i) / static_cast<double>(reach + 1);
    amount += weight * near.amount;
    seen += weight * near.visits;
  }
  return seen > 0 ? amount / seen : usual;
}

}  // namespace deskloom::predict
