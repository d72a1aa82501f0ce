// How many come: from quantiles of an hour, from each user, thinned and added up (SPEC B3).
#include "plan/count_distribution.hpp"

#include <cmath>
#include <vector>

#include "support/catch.hpp"

using namespace deskloom::plan;

namespace {

double poisson(double mean, int count) {
  return std::exp(count * std::log(mean) - mean - std::lgamma(count + 1.0));
}

HourArrivals certainly(double amount) {
  const std::vector<QuantilePoint> points{{0.1, amount}, {0.5, amount}, {0.9, amount}};
  return HourArrivals(points);
}

}  // namespace

TEST_CASE("B3: nobody comes where nothing is foretold") {
  const CountDistribution nobody;
  CHECK(nobody.mean() == 0);
  CHECK(nobody.at_most(0) == 1);
  CHECK(nobody.at_most(-1) == 0);
  CHECK(nobody.quantile(0.99) == 0);
}

TEST_CASE("B3: of users who each come or do not, the counts are as by hand") {
  const auto count = CountDistribution::of_each(std::vector<double>{0.5, 0.2});
  CHECK(count.at_most(0) == Approx(0.4));
  CHECK(count.at_most(1) == Approx(0.9));
  CHECK(count.at_most(2) == Approx(1));
  CHECK(count.mean() == Approx(0.7));
  CHECK(count.quantile(0.4) == 0);
  CHECK(count.quantile(0.41) == 1);
  CHECK(count.quantile(0.95) == 2);
  CHECK(count.expected_above(0) == Approx(0.7));
  CHECK(count.expected_above(1) == Approx(0.1));
}

TEST_CASE("B3: many users who rarely come are nearly Poisson") {
  const auto count = CountDistribution::of_each(std::vector<double>(4000, 0.002));
  for (const int k : {0, 3, 8, 15})
    CHECK(count.at_most(k) - count.at_most(k - 1) == Approx(poisson(8, k)).epsilon(0.02));
  CHECK(count.mean() == Approx(8));
}

TEST_CASE("B3: thinning keeps means and leaves what is certain binomial") {
  const auto count = certainly(4).thinned(0.25);
  CHECK(count.at_most(0) == Approx(std::pow(0.75, 4)));
  CHECK(count.mean() == Approx(1));
  CHECK(certainly(4).thinned(1).at_most(3) == 0);
  CHECK(certainly(4).thinned(0).at_most(0) == 1);
  CHECK(certainly(0.4).thinned(1).at_most(0) == Approx(0.6));
  CHECK(certainly(20'000).thinned(0.5).mean() == Approx(10'000));
}

TEST_CASE("B3: quantiles of an hour come back from its distribution") {
  const std::vector<QuantilePoint> points{{0.1, 10}, {0.5, 20}, {0.9, 40}, {0.99, 60}};
  const auto whole = HourArrivals(points).thinned(1);
  for (const auto& point : points) CHECK(whole.quantile(point.level) == Approx(point.amount).margin(3));
  CHECK(HourArrivals(points).mean() == Approx(whole.mean()));
}

TEST_CASE("B3: hours add up, independently") {
  const auto sum = certainly(3).thinned(0.5) + certainly(2).thinned(0.5);
  CHECK(sum.mean() == Approx(2.5));
  CHECK(sum.at_most(0) == Approx(std::pow(0.5, 5)));
}

TEST_CASE("B3: absurd amounts are bounded") {
  const auto count = certainly(1e12).thinned(0.001);
  CHECK(count.quantile(0.99) < 200);
}
