#pragma once

#include <algorithm>
#include <string>

#include "base/stream.hpp"
#include "fuzz/expect.hpp"

namespace deskloom::test {

// Says what it was given, and keeps what it is told.
class FixedChannel : public base::Channel {
 public:
  explicit FixedChannel(Input says) : rest_(says) {}
  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t n = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.begin(), n, buffer.begin());
    rest_ = rest_.subspan(n);
    return n;
  }
  void write(std::span<const std::byte> bytes) override { told.append(text_of(bytes)); }

  std::string told;

 private:
  Input rest_;
};

}  // namespace deskloom::test
