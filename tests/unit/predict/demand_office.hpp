#pragma once

#include "predict/demand/series.hpp"

namespace deskloom::test {

// Arrivals at a pool, hour by hour from a Monday on: on working days about people in the morning, half of it
// in the afternoon, little else; each hour's number is drawn about that. The same each time. Hours of the
// week reach a week further.
predict::DemandSeries arriving(int weeks, double people, unsigned seed = 1);

// An hour's mean by which they were drawn.
double arriving_mean(std::size_t hour_of_week, double people);

}  // namespace deskloom::test
