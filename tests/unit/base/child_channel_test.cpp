// A program that is talked to, and what happens when it does not answer.
#include "base/child_channel.hpp"

#include <array>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using std::chrono::milliseconds;

namespace {

std::string silence_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::guest);
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a program that is talked to within its time answers all of it") {
  base::ChildChannel channel({"cat"}, "the cat", milliseconds(60'000));
  const std::string sent(1 << 20, 'x');
  std::string got;
  for (std::size_t at = 0; at < sent.size(); at += 1 << 15) {
    channel.write(std::as_bytes(std::span(sent).subspan(at, 1 << 15)));
    std::array<std::byte, 1 << 15> buffer{};
    for (std::size_t missing = buffer.size(); missing > 0;) {
      const std::size_t count = channel.read(std::span(buffer).first(missing));
      REQUIRE(count > 0);
      got.append(reinterpret_cast<const char*>(buffer.data()), count);
      missing -= count;
    }
  }
  CHECK(got == sent);
  CHECK(channel.finish() == 0);
}

TEST_CASE("a silent program is an error by its name, whether it sends or takes nothing") {
  base::ChildChannel channel({"sleep", "0.5"}, "the sleeper", milliseconds(20));
  std::array<std::byte, 8> buffer{};
  CHECK(silence_of([&] { channel.read(buffer); }) == "the sleeper sent nothing for 20 ms");
  const std::vector<std::byte> much(1 << 20);
  CHECK(silence_of([&] { channel.write(much); }) == "the sleeper took nothing for 20 ms");
}
