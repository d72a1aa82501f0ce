#pragma once

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/progress.hpp"

namespace deskloom::frame {

inline constexpr const char* clear_line = "\r\033[K";

// One line: label, percent, amount, rate, time left.
std::string progress_line(const std::string& label, std::uint64_t done_bytes, std::uint64_t total_bytes,
                          std::chrono::milliseconds elapsed);

// Drawn over itself on a terminal, at most five times a second, and only once a phase lasts a second: short
// work leaves no trace.
class ProgressBar : public base::Progress {
 public:
  using SteadyClock = std::chrono::steady_clock;
  explicit ProgressBar(std::ostream& err, SteadyClock::time_point (*now)() = SteadyClock::now)
      : err_(err), now_(now) {}
  void begin(const std::string& label, std::uint64_t total_bytes) override;
  void advance(std::uint64_t bytes) override;
  void end() override;

 private:
  std::ostream& err_;
  SteadyClock::time_point (*now_)();
  std::string label_;
  std::uint64_t total_bytes_ = 0;
  std::uint64_t done_bytes_ = 0;
  SteadyClock::time_point started_;
  SteadyClock::time_point next_draw_;
  bool drawn_ = false;
};

}  // namespace deskloom::frame
