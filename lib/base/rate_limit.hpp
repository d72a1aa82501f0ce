#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "base/clock.hpp"
#include "base/stream.hpp"

namespace deskloom::base {

// A token bucket that may run into debt: who takes more than there is waits until it is paid.
class RateLimit {
 public:
  using Wait = std::function<void(std::chrono::nanoseconds)>;
  // At most a quarter of a second's bytes are saved up while nothing is taken.
  RateLimit(std::uint64_t bytes_per_second, const Clock& clock, Wait wait);
  void take(std::uint64_t bytes);

 private:
  double per_ns_;
  double most_saved_;
  double saved_;
  const Clock& clock_;
  Wait wait_;
  Timestamp last_;
};

// A channel on which both ways together keep to a limit. Refers to both.
class LimitedChannel : public Channel {
 public:
  LimitedChannel(Channel& channel, RateLimit& limit) : channel_(channel), limit_(limit) {}
  std::size_t read(std::span<std::byte> buffer) override;
  void write(std::span<const std::byte> bytes) override;

 private:
  Channel& channel_;
  RateLimit& limit_;
};

}  // namespace deskloom::base
