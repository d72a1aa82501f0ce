#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace deskloom::base {

// Wall-clock time in nanoseconds since 1970-01-01T00:00:00Z: what is stored, compared and printed.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

// Time comes in through this, so that tests and simulations decide it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock : public Clock {
 public:
  Timestamp now() const override { return std::chrono::system_clock::now(); }
};

class FixedClock : public Clock {
 public:
  explicit FixedClock(Timestamp now) : now_(now) {}
  Timestamp now() const override { return now_; }
  void advance(std::chrono::nanoseconds by) { now_ += by; }

 private:
  Timestamp now_;
};

inline std::int64_t to_ns(Timestamp t) { return t.time_since_epoch().count(); }
inline Timestamp from_ns(std::int64_t ns) { return Timestamp(std::chrono::nanoseconds(ns)); }
// Whole seconds since 1970, which usage is counted in.
inline std::int64_t to_seconds(Timestamp t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}
inline Timestamp from_seconds(std::int64_t seconds) { return Timestamp(std::chrono::seconds(seconds)); }

// RFC 3339 in UTC with milliseconds: 2026-01-31T08:59:00.125Z. parse throws Error(usage).
std::string to_rfc3339(Timestamp t);
Timestamp parse_rfc3339(const std::string& text);

}  // namespace deskloom::base
