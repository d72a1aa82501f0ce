#include "base/rate_limit.hpp"

#include "support/catch.hpp"

using namespace deskloom::base;
using namespace std::chrono_literals;

namespace {

// Waiting moves the clock on, and nothing else does.
struct Waiting {
  FixedClock clock{from_ns(0)};
  RateLimit limit{1'000'000, clock, [this](std::chrono::nanoseconds time) { clock.advance(time); }};
  double seconds() const { return static_cast<double>(to_ns(clock.now())) / 1e9; }
};

}  // namespace

TEST_CASE("what is taken takes the time that the rate gives it") {
  Waiting waiting;
  for (int i = 0; i < 100; ++i) waiting.limit.take(100'000);
  CHECK(waiting.seconds() == Approx(10.0 - 0.25).epsilon(0.001));
}

TEST_CASE("no more than a quarter of a second is saved up") {
  Waiting waiting;
  waiting.clock.advance(1h);
  const double before = waiting.seconds();
  waiting.limit.take(1'250'000);
  CHECK(waiting.seconds() - before == Approx(1.0).epsilon(0.001));
}

TEST_CASE("a clock that is moved back costs no more than the rate") {
  Waiting waiting;
  waiting.limit.take(250'000);
  waiting.clock.advance(-1h);
  const double before = waiting.seconds();
  waiting.limit.take(500'000);
  CHECK(waiting.seconds() - before == Approx(0.5).epsilon(0.001));
}
