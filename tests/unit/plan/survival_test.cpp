// Ghosts on hosts that may be taken away (SPEC C5).
#include "plan/survival.hpp"

#include <cmath>
#include <vector>

#include "support/catch.hpp"

using namespace deskloom::plan;

TEST_CASE("C5: where nothing is taken away, as many suffice as are wanted") {
  CHECK(ghosts_to_survive(3, 0.99, {}, 0, 10) == 3);
  CHECK(ghosts_to_survive(0, 0.99, std::vector<double>{0.5}, 0.5, 10) == 0);
}

TEST_CASE("C5: so many more are made that enough survive with the probability") {
  // Of n at risk 0.2 each, all are lost with 0.2^n.
  CHECK(ghosts_to_survive(1, 0.75, {}, 0.2, 10) == 1);
  CHECK(ghosts_to_survive(1, 0.95, {}, 0.2, 10) == 2);
  CHECK(ghosts_to_survive(1, 0.99, {}, 0.2, 10) == 3);
  // One that is there is safe; the second is the one at risk.
  CHECK(ghosts_to_survive(2, 0.95, std::vector<double>{0}, 0.2, 10) == 3);
  CHECK(ghosts_to_survive(2, 0.95, std::vector<double>{0.9}, 0, 10) == 3);
}

TEST_CASE("C5: the pool's max bounds them, but what is wanted stays wanted") {
  CHECK(ghosts_to_survive(2, 0.99, {}, 0.9, 4) == 4);
  CHECK(ghosts_to_survive(5, 0.99, {}, 0.9, 4) == 5);
}

TEST_CASE("C5: risk grows with the time") {
  CHECK(risk_within(0.1, 1) == Approx(0.1));
  CHECK(risk_within(0.19, 0.5) == Approx(0.1));
  CHECK(risk_within(1, 0.5) == 1);
  CHECK(risk_within(0, 5) == 0);
}
