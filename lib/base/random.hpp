#pragma once

#include <cstdint>
#include <string>

namespace deskloom::base {

// Randomness comes in through this, so that tests decide it.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
  // size hexadecimal digits.
  std::string hex(std::size_t size);
};

// The kernel's generator (getrandom).
class SystemRandom : public Random {
 public:
  std::uint64_t next() override;
};

}  // namespace deskloom::base
