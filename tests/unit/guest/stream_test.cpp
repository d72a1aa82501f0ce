#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/guest_peers.hpp"

using namespace deskloom::guest;
using namespace deskloom::guest::test;
using deskloom::base::Error;

TEST_CASE("what an earlier conversation left in the channel is skipped") {
  const TestUser user;
  // Even the same greeting with another nonce, and one that was cut in the middle.
  std::string stale = std::string(guest_mark) + "deadbeef\n" + std::string(100'000, '\x7f');
  stale += std::string(guest_mark) + nonce.substr(0, 4);
  Helper helper(user, stale);
  CHECK(helper.client().helper_version() == "test");
  helper.client().sync();
}

TEST_CASE("a message longer than a frame arrives whole") {
  SocketPair sockets;
  SocketChannel from(std::move(sockets.guest)), to(std::move(sockets.host));
  const std::string payload(3 * max_frame_bytes + 7, 'x');
  std::thread sender([&] { MessageStream(from).send(MessageType::data, payload); });
  Message message;
  MessageStream(to).receive(message, 4 * max_frame_bytes);
  sender.join();
  CHECK(message.payload == payload);
}

TEST_CASE("an unknown user is an error and the conversation goes on") {
  const TestUser user;
  Helper helper(user);
  try {
    helper.client().report("nobody-here", {}, {});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == deskloom::base::ErrorKind::not_found);
    CHECK(std::string(error.what()).find("nobody-here") != std::string::npos);
  }
  helper.client().sync();
}

TEST_CASE("the helper ends when the host says bye, and when it just goes away") {
  const TestUser user;
  Helper polite(user);
  polite.client().close();
  CHECK(polite.hang_up() == 0);
  Helper idle(user);
  CHECK(idle.hang_up() == 0);
}

TEST_CASE("the helper ends when the host goes away in the middle of a read") {
  const TestUser user;
  write_text(user.home() / "big", std::string(32 << 20, 'x'));
  user.own_home();
  Helper helper(user);
  std::vector<std::pair<std::string, std::string>> skipped;
  helper.client().list({"ann", {}, {}}, skipped);
  ReadHandler handler;
  handler.on_begin = [](std::uint64_t) {};
  handler.on_data = [](std::span<const std::byte>) { throw std::runtime_error("the host is killed"); };
  CHECK_THROWS_AS(helper.client().read({1}, handler), std::runtime_error);
  CHECK(helper.hang_up() == 1);
}
