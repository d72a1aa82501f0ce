// C2: how much a shadow is given by the probability that its user returns.
#include "plan/inflation.hpp"

#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::plan;

namespace {

constexpr std::uint64_t gib = 1ULL << 30;
const domain::Allocation minimal{1, gib}, full{5, 9 * gib};
const std::vector<InflationStage> stages{
    {"full", 0.6, {}}, {"half", 0.3, {.memory = 50, .vcpus = 50, .network = 100, .storage = 100, .gpus = 0}}};

InflationChoice choose(double probability, const domain::Allocation& has = minimal) {
  return choose_inflation({minimal, full, has, probability}, stages);
}

}  // namespace

TEST_CASE("C2: stages rise with the probability") {
  CHECK_FALSE(choose(0.29).stage);
  CHECK(choose(0.29).allocation == minimal);
  CHECK(choose(0.3).stage == "half");
  CHECK(choose(0.59).allocation == domain::Allocation{3, 5 * gib});
  CHECK(choose(0.6).allocation == full);
  CHECK(choose(1).stage == "full");
}

TEST_CASE("C2: a stage that was given is kept while the probability is just below it") {
  CHECK(choose(0.51, full).stage == "full");
  CHECK(choose(0.49, full).stage == "half");
  CHECK(choose(0.21, {3, 5 * gib}).stage == "half");
  CHECK_FALSE(choose(0.19, {3, 5 * gib}).stage);
  CHECK_THAT(choose(0.51, full).reason, test::Contains("which it has"));
}

TEST_CASE("C2: a probability that wavers within the margin moves nothing") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> waver(0.51, 0.69);
  domain::Allocation has = choose(0.65).allocation;
  for (int i = 0; i < 200; ++i) {
    const auto next = choose(waver(random), has).allocation;
    CHECK(next == has);
    has = next;
  }
}

TEST_CASE("C2: the choice does not depend on the stages' order, and without stages it is minimal") {
  const std::vector<InflationStage> reversed(stages.rbegin(), stages.rend());
  for (const double probability : {0.1, 0.4, 0.9})
    CHECK(choose_inflation({minimal, full, minimal, probability}, reversed).allocation ==
          choose(probability).allocation);
  CHECK(choose_inflation({minimal, full, minimal, 1}, {}).allocation == minimal);
}
