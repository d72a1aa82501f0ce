#pragma once

#include <cstdint>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/cost/curve.hpp"

// Rules that know of a user only how long they were away before each session: what machines that run
// functions for many are kept ready by. Costs are those of cost/own_desktop.hpp, to the second.
namespace deskloom::predict {

// When a desktop is ready, counted from the end of its user's last session.
struct ReadySpan {
  double from_s = 0;  // 0: it is kept; else it is made ready by then
  double until_s = 0;
};

// Shahrad et al.: Serverless in the Wild, USENIX ATC 2020, 4.2: a histogram of a user's idle times says from
// when until when to have the desktop ready. As long as it tells nothing (few idle times, or all bins alike),
// the desktop is kept for the histogram's range. Where most idle times are beyond that, an autoregression of
// their logarithms says when the next session begins; the paper has an ARIMA for it.
class HybridHistogram {
 public:
  struct Options {
    std::int64_t range_s = 4 * 3600, bin_s = 60;
  };
  explicit HybridHistogram(const Options& options) : options_(options) {}

  // How long the user was away before a session, in the order of time.
  void see(std::int64_t idle_s);
  // head: share of idle times that may be over before the desktop is ready; tail: until which it is.
  ReadySpan ready(double head, double tail) const;

 private:
  bool is_telling() const;
  double expected_s() const;
  std::int64_t bin_of(double share) const;

  Options options_;
  std::uint32_t seen_ = 0;
  std::vector<std::int64_t> bins_;  // of the idle times in range, ascending
  double squares_ = 0;              // of how many are in each bin, summed up
  std::vector<double> logarithms_;  // of the last idle times
};

struct IdleTimeTest {
  std::int64_t from_s = 0, until_s = 0;  // connects that are tried
  std::int64_t lead_s = 0;               // a desktop takes that long to be made ready
};

// A desktop is kept that long after each session; setting: minutes.
std::vector<CostPoint> keep_alive_cost(const std::vector<UserSessions>& users, const IdleTimeTest& test);
// The histogram, at several heads and tails, of which the paper has 0.05 and 0.99; setting: the tail.
std::vector<CostPoint> hybrid_cost(const std::vector<UserSessions>& users, const IdleTimeTest& test,
                                   const HybridHistogram::Options& options);

}  // namespace deskloom::predict
