#include <sstream>

#include "frame/progress_bar.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using std::chrono::milliseconds;

namespace {

frame::ProgressBar::SteadyClock::time_point now;

struct Bar {
  std::ostringstream err;
  frame::ProgressBar bar{err, [] { return now; }};
  void advance_after(milliseconds wait, std::uint64_t bytes) {
    now += wait;
    bar.advance(bytes);
  }
};

}  // namespace

TEST_CASE("a line of progress has percent, amount, rate and time left") {
  CHECK(frame::progress_line("reading", 512 << 10, 1 << 20, milliseconds(2000)) ==
        "reading   50%  512.0 KiB  256.0 KiB/s  2.0 s left");
  CHECK(frame::progress_line("waiting", 0, 0, milliseconds(2000)) == "waiting");
}

TEST_CASE("more bytes than announced are not more than everything") {
  CHECK(frame::progress_line("r", 300, 200, milliseconds(1000)) == "r  100%  300 B  300 B/s");
}

TEST_CASE("work that ends within a second draws nothing") {
  Bar b;
  b.bar.begin("reading", 100);
  b.advance_after(milliseconds(900), 100);
  b.bar.end();
  CHECK(b.err.str().empty());
}

TEST_CASE("longer work is drawn at most five times a second and wiped at the end") {
  Bar b;
  b.bar.begin("reading", 1000);
  b.advance_after(milliseconds(1100), 100);
  const std::string first = b.err.str();
  CHECK(first.find("reading   10%") != std::string::npos);
  b.advance_after(milliseconds(50), 100);
  CHECK(b.err.str() == first);
  b.advance_after(milliseconds(200), 100);
  CHECK(b.err.str().find("30%") != std::string::npos);
  b.bar.end();
  CHECK(b.err.str().ends_with(frame::clear_line));
}
