// Slots that are told together (SPEC D5).
#include "forecast/forecasts.hpp"
#include "support/catch.hpp"

using namespace deskloom::forecast;

TEST_CASE("a session begins in a step when it does in one of its slots") {
  const UserForecast forecast{{0.5F, 0.5F, 0, 1}, {0.2F, 0.7F, 0.1F, 1}, 0, 0};
  CHECK(step_of(forecast, 0, 1).connects == 0.5F);
  CHECK(step_of(forecast, 0, 2).connects == 0.75F);
  CHECK(step_of(forecast, 0, 3).present == 0.7F);
  CHECK(step_of(forecast, 0, 4).connects == 1);
  CHECK(step_of(forecast, 2, 3).connects == 0);
}
