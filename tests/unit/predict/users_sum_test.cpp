// A pool's demand as the sum of its users' (SPEC D5).
#include "predict/demand/users_sum.hpp"

#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

SummedHour hour_of(double probability, int users) {
  SummedHour hour;
  for (int user = 0; user < users; ++user) hour.add(probability);
  return hour;
}

}  // namespace

TEST_CASE("an hour's users add up, means and variances") {
  SummedHour hour = hour_of(0.5, 4);
  CHECK(hour.mean == 2);
  CHECK(hour.variance == 1);
  hour.add(0.1, 2);
  CHECK(hour.mean == Approx(2.2));
  CHECK(hour.variance == Approx(1.18));
}

TEST_CASE("sums that were too low, and users who do things together, are corrected, but not by a few hours") {
  const std::vector<SummedHour> foretold(240, hour_of(0.2, 50));
  std::vector<float> came;
  for (std::size_t hour = 0; hour < foretold.size(); ++hour) came.push_back(hour % 2 == 0 ? 8 : 32);
  const SumModel model = learn_sum(foretold, came);
  CHECK(model.factor == Approx(2).epsilon(0.06));
  CHECK(model.spread ==
        Approx(144 / 8.0).epsilon(0.12));  // twelve from the mean, against a variance of eight
  const auto quantiles = quantiles_of(model, foretold[0], DemandKind::arrivals);
  CHECK(quantiles[median_level] == Approx(18).margin(3));
  CHECK(quantiles[9] >= 32);
  const SumModel hardly = learn_sum(std::span(foretold).first(2), std::vector<float>{20, 20});
  CHECK(hardly.factor < 1.1F);
  const SumModel nothing = learn_sum({}, {});
  CHECK(nothing.factor == 1);
  CHECK(nothing.spread == 1);
}

TEST_CASE("of nobody, nothing is expected") {
  for (const DemandKind kind : {DemandKind::arrivals, DemandKind::concurrent})
    for (const float quantile : quantiles_of({}, {}, kind)) CHECK(quantile == 0);
}
