#include "base/rate_limit.hpp"

#include <algorithm>

namespace deskloom::base {
namespace {

constexpr double ns_per_second = 1e9;
constexpr double saved_seconds = 0.25;
constexpr std::size_t slice_bytes = 32 << 10;  // so that a large write is no burst

}  // namespace

RateLimit::RateLimit(std::uint64_t bytes_per_second, const Clock& clock, Wait wait)
    : per_ns_(static_cast<double>(bytes_per_second) / ns_per_second),
      most_saved_(static_cast<double>(bytes_per_second) * saved_seconds),
      saved_(most_saved_),
      clock_(clock),
      wait_(std::move(wait)),
      last_(clock.now()) {}

void RateLimit::take(std::uint64_t bytes) {
  const Timestamp now = clock_.now();
  // A clock that was moved back earns nothing.
  const auto elapsed = std::max<std::int64_t>(0, (now - last_).count());
  last_ = now;
  saved_ = std::min(most_saved_, saved_ + per_ns_ * static_cast<double>(elapsed));
  saved_ -= static_cast<double>(bytes);
  if (saved_ < 0) wait_(std::chrono::nanoseconds(static_cast<std::int64_t>(-saved_ / per_ns_)));
}

std::size_t LimitedChannel::read(std::span<std::byte> buffer) {
  const std::size_t n = channel_.read(buffer.first(std::min(buffer.size(), slice_bytes)));
  limit_.take(n);
  return n;
}

void LimitedChannel::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto slice = bytes.first(std::min(bytes.size(), slice_bytes));
    limit_.take(slice.size());
    channel_.write(slice);
    bytes = bytes.subspan(slice.size());
  }
}

}  // namespace deskloom::base
