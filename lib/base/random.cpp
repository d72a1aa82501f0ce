#include "base/random.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include "base/error.hpp"

namespace deskloom::base {

std::string Random::hex(std::size_t size) {
  std::string text;
  while (text.size() < size) text += fmt::format("{:016x}", next());
  text.resize(size);
  return text;
}

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  if (::getrandom(&value, sizeof value, 0) != sizeof value) throw system_error("cannot get random bytes");
  return value;
}

}  // namespace deskloom::base
