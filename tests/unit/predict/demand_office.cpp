#include "demand_office.hpp"

#include <cmath>
#include <random>

namespace deskloom::test {
namespace {

using predict::hours_per_day;
using predict::hours_per_week;

// Poisson's, by multiplication (Knuth: The Art of Computer Programming, vol. 2, 3.4.1).
float draw(std::mt19937& dice, double mean) {
  double product = 1;
  int count = -1;
  for (; product > std::exp(-mean); ++count) product *= (static_cast<double>(dice()) + 0.5) * 0x1p-32;
  return static_cast<float>(count);
}

}  // namespace

double arriving_mean(std::size_t hour_of_week, double people) {
  const std::size_t hour = hour_of_week % hours_per_day;
  const bool works = hour_of_week < 5 * hours_per_day;
  if (hour == 8 || hour == 9) return works ? people : people / 20;
  if (hour > 9 && hour < 17) return works ? people / 2 : people / 20;
  return people / 100;
}

predict::DemandSeries arriving(int weeks, double people, unsigned seed) {
  std::mt19937 dice(seed);
  predict::DemandSeries series;
  const auto hours = static_cast<std::size_t>(weeks) * hours_per_week;
  for (std::size_t hour = 0; hour < hours; ++hour)
    series.amounts.push_back(draw(dice, arriving_mean(hour % hours_per_week, people)));
  for (std::size_t hour = 0; hour < hours + hours_per_week; ++hour)
    series.hours_of_week.push_back(static_cast<std::int16_t>(hour % hours_per_week));
  return series;
}

}  // namespace deskloom::test
