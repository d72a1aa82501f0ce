#include <map>

#include "base/error.hpp"
#include "guest/codec.hpp"
#include "support/catch.hpp"
#include "support/guest_peers.hpp"

using namespace deskloom::guest;
using namespace deskloom::guest::test;
using namespace std::string_literals;
using deskloom::base::Error;
using deskloom::base::ErrorKind;

namespace {

Limits small() {
  Limits limits;
  limits.max_nodes = 50;
  limits.max_bytes = 1000;
  limits.max_processes = 3;
  limits.max_report_bytes = 100'000;
  limits.max_list_bytes = 100'000;
  limits.total_time = std::chrono::milliseconds(500);
  return limits;
}

GuestNode node(const std::string& path, char type) {
  GuestNode result;
  result.path = path;
  result.type = static_cast<std::uint8_t>(type);
  return result;
}

using Nodes = std::vector<GuestNode>;

void send_list(MessageStream& stream, const Nodes& nodes) {
  NodeSender sender(stream);
  for (const auto& each : nodes) sender.add(each);
  sender.flush();
  stream.send(MessageType::skipped, Encoder().number(0));
  stream.send(MessageType::done);
}

// What the client's error says; fails the test when there is none or it is of another kind.
template <typename Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::guest);
    return error.what();
  }
  FAIL("the client took it");
  return "";
}

std::string list_error(const FakeGuest::Script& script) {
  FakeGuest guest(script, small());
  Pairs skipped;
  return error_of([&] { guest.client().list({"ann", {}, {}}, skipped); });
}

// An honest list of one file "f" of 10 bytes, then this in reply to read.
std::string read_error(const FakeGuest::Script& reply) {
  FakeGuest guest(
      [&](MessageStream& stream) {
        auto file = node("f", 'f');
        file.size = 10;
        send_list(stream, {node("", 'd'), file});
        Message request;
        stream.receive(request, 1 << 20);
        reply(stream);
      },
      small());
  Pairs skipped;
  guest.client().list({"ann", {}, {}}, skipped);
  ReadHandler handler;
  handler.on_begin = [](auto) {};
  handler.on_data = [](auto) {};
  handler.on_end = [](auto, const auto&) {};
  handler.on_failed = [](auto, const auto&) {};
  return error_of([&] { guest.client().read({1}, handler); });
}

GuestNode with(GuestNode result, void (*change)(GuestNode&)) {
  change(result);
  return result;
}

Encoder begin(std::uint64_t index, std::uint64_t size) { return Encoder().number(index).number(size); }

Encoder end(std::uint64_t index, std::uint64_t size) {
  return Encoder().number(index).number(size).signed_number(0).signed_number(0);
}

}  // namespace

TEST_CASE("a list that breaks a rule is refused, and the rule is named") {
  const auto home = node("", 'd');
  struct Case {
    std::string rule;
    Nodes nodes;
  };
  const std::vector<Case> cases = {
      {"does not start with the home", {node("a", 'f')}},
      {"names it twice", {home, home}},
      {"the home is not a directory", {node("", 'l')}},
      {"absolute", {home, node("/etc/passwd", 'f')}},
      {"absolute", {home, node("../x", 'f')}},
      {"absolute", {home, node("a/../../x", 'f')}},
      {"absolute", {home, node("a//b", 'f')}},
      {"absolute", {home, node("a\0b"s, 'f')}},
      {"absolute", {home, node(std::string(5000, 'x'), 'f')}},
      {"names a path twice", {home, node("a", 'f'), node("a", 'f')}},
      {"out of order", {home, node("b", 'f'), node("a", 'f')}},
      {"does not name as a directory", {home, node("a/b", 'f')}},
      {"does not name as a directory", {home, node("a", 'l'), node("a/b", 'f')}},
      {"does not name as a directory", {home, node("a", 'd'), node("ab", 'f'), node("ab/c", 'f')}},
      {"unknown type", {home, node("a", 'x')}},
      {"permission bits", {home, with(node("a", 'f'), [](GuestNode& n) { n.mode = 0100644; })}},
      {"has a size", {home, with(node("a", 'l'), [](GuestNode& n) { n.size = 1; })}},
      {"63 bits", {home, with(node("a", 'f'), [](GuestNode& n) { n.size = UINT64_MAX; })}},
      {"has a target", {home, with(node("a", 'f'), [](GuestNode& n) { n.target = "b"; })}},
      {"target has a NUL", {home, with(node("a", 'l'), [](GuestNode& n) { n.target = "b\0c"s; })}},
      {"group of hard links", {home, with(node("a", 'l'), [](GuestNode& n) { n.link_group = 1; })}},
      {"longer than",
       {home, with(node("a", 'l'), [](GuestNode& n) { n.target = std::string(70'000, 'x'); })}},
  };
  for (const auto& each : cases) {
    INFO(each.rule);
    CHECK(list_error([&](MessageStream& stream) { send_list(stream, each.nodes); }).find(each.rule) !=
          std::string::npos);
  }
}

TEST_CASE("hard links that are of different files are refused") {
  auto a = node("a", 'f'), b = node("b", 'f');
  a.link_group = b.link_group = 1;
  b.inode = 9;
  const auto message = list_error([&](MessageStream& stream) { send_list(stream, {node("", 'd'), a, b}); });
  CHECK(message.find("differ in inode") != std::string::npos);
}

TEST_CASE("a list past a limit is refused") {
  Nodes many = {node("", 'd')};
  for (int i = 100; i < 160; ++i) many.push_back(node(std::to_string(i), 'f'));
  CHECK(list_error([&](MessageStream& s) { send_list(s, many); }).find("more than 50 nodes") !=
        std::string::npos);

  Nodes large = {node("", 'd')};
  for (char c = 'a'; c < 'k'; ++c) {
    large.push_back(node(std::string(1, c), 'l'));
    large.back().target = std::string(15'000, 'x');
  }
  CHECK(list_error([&](MessageStream& s) { send_list(s, large); }).find("larger than 100000") !=
        std::string::npos);
}

TEST_CASE("a reply that drips past the time limit is given up") {
  const auto message = list_error([](MessageStream& stream) {
    for (int i = 99; i < 148; ++i) {  // each node is good, and there are not too many of them
      NodeSender sender(stream);
      sender.add(node(i == 99 ? "" : std::to_string(i), i == 99 ? 'd' : 'f'));
      sender.flush();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  CHECK(message.find("more than 500 ms") != std::string::npos);
}

TEST_CASE("messages out of turn, of unknown type or with bytes left over are refused") {
  const std::map<std::string, FakeGuest::Script> cases = {
      {"does not end with what was skipped", [](auto& s) { s.send(MessageType::done); }},
      {"does not end with what was skipped ", [](auto& s) { s.send(static_cast<MessageType>(99)); }},
      {"where 65 was due",
       [](auto& s) {
         s.send(MessageType::skipped, Encoder().number(0));
         s.send(MessageType::data, "x");
       }},
      {"1 bytes are left", [](auto& s) { s.send(MessageType::skipped, Encoder().number(0).number(0)); }},
      {"a part of a list is empty", [](auto& s) { s.send(MessageType::nodes, Encoder().number(0)); }},
      {"larger than 100000", [](auto& s) { s.send(MessageType::nodes, std::string(200'000, 'x')); }},
  };
  for (const auto& [rule, script] : cases) {
    INFO(rule);
    CHECK(list_error(script).find(rule.substr(0, rule.find_last_not_of(' ') + 1)) != std::string::npos);
  }
}

TEST_CASE("contents that break a rule are refused, and the rule is named") {
  const std::map<std::string, FakeGuest::Script> cases = {
      {"does not begin", [](auto& s) { s.send(MessageType::data, "x"); }},
      {"was not due", [](auto& s) { s.send(MessageType::file_begin, begin(0, 10)); }},
      {"larger than 1000 bytes together", [](auto& s) { s.send(MessageType::file_begin, begin(1, 1001)); }},
      {"past its size",
       [](auto& s) {
         s.send(MessageType::file_begin, begin(1, 10));
         s.send(MessageType::data, "12345678901");
       }},
      {"goes on past its size",
       [](auto& s) {
         s.send(MessageType::file_begin, begin(1, 10));
         s.send(MessageType::data, "1");
         s.send(MessageType::hole, Encoder().number(UINT64_MAX));
       }},
      {"ends before its size",
       [](auto& s) {
         s.send(MessageType::file_begin, begin(1, 10));
         s.send(MessageType::file_end, end(1, 10));
       }},
      {"another size",
       [](auto& s) {
         s.send(MessageType::file_begin, begin(1, 0));
         s.send(MessageType::file_end, end(1, 10));
       }},
      {"piece of a file is empty",
       [](auto& s) {
         s.send(MessageType::file_begin, begin(1, 10));
         s.send(MessageType::data);
       }},
      {"hole is empty",
       [](auto& s) {
         s.send(MessageType::file_begin, begin(1, 10));
         s.send(MessageType::hole, Encoder().number(0));
       }},
      {"other than a file's content",
       [](auto& s) {
         s.send(MessageType::file_begin, begin(1, 10));
         s.send(MessageType::done);
       }},
  };
  for (const auto& [rule, script] : cases) {
    INFO(rule);
    CHECK(read_error(script).find(rule) != std::string::npos);
  }
}

TEST_CASE("a report past a limit or about somebody else is refused") {
  const auto error = [](const FakeGuest::Script& script) {
    FakeGuest guest(script, small());
    return error_of([&] { guest.client().report("ann", {}, {}); });
  };
  UserReport many;
  many.account.name = "ann";
  many.processes.resize(4);
  Encoder out;
  put(out, many);
  CHECK(error([&](auto& s) { s.send(MessageType::report, out); }).find("more than 3") != std::string::npos);
  UserReport other;
  other.account.name = "bob";
  Encoder about_bob;
  put(about_bob, other);
  CHECK(error([&](auto& s) { s.send(MessageType::report, about_bob); }).find("another user") !=
        std::string::npos);
  CHECK(error([](auto& s) {
          s.send(MessageType::report, std::string(100'001, 'x'));
        }).find("larger than 100000") != std::string::npos);
}

TEST_CASE("contents wanted of what is no file, or of more nodes than there are, are refused") {
  const auto error = [](const std::string& bits) {
    FakeGuest guest(
        [bits](MessageStream& stream) {
          Message nodes;
          while (stream.receive(nodes, 1 << 20) && nodes.type != MessageType::done) {
          }
          stream.send(MessageType::wanted, bits);
        },
        small());
    return error_of([&] { guest.client().begin_apply({"ann", {}, {}}, {node("", 'd')}, false); });
  };
  CHECK(error("\x01").find("no file") != std::string::npos);
  CHECK(error("\x02").find("no file") != std::string::npos);
  CHECK(error(std::string(2, '\0')).find("do not match") != std::string::npos);
}

TEST_CASE("a frame larger than the limit is refused before it is read") {
  SocketPair sockets;
  deskloom::base::write_full(sockets.guest.get(), "\x00\x00\x20\x00\x45"s, "a frame header");
  SocketChannel channel(std::move(sockets.host));
  MessageStream stream(channel);
  Message message;
  CHECK(error_of([&] { stream.receive(message, SIZE_MAX); }).find("frame is larger") != std::string::npos);
}

TEST_CASE("a guest's error reply cannot pose as a fault of the host, nor move a cursor") {
  FakeGuest guest([](MessageStream& stream) {
    stream.send(MessageType::error, Encoder().number(77).string("\x1b[2J").string(""));
  });
  const auto message = error_of([&] { guest.client().sync(); });
  CHECK(message.find('\x1b') == std::string::npos);
}

TEST_CASE("a helper of another protocol is refused with what to do") {
  SocketPair sockets;
  std::thread guest([fd = std::move(sockets.guest)]() mutable {
    SocketChannel channel(std::move(fd));
    MessageStream stream(channel);
    stream.send_mark(guest_mark, nonce);
    stream.expect_mark(host_mark, nonce);
    stream.send(MessageType::hello, Encoder().number(2).string("future"));
  });
  const auto message = error_of(
      [&] { Client client(std::make_unique<SocketChannel>(std::move(sockets.host)), nonce, Limits{}); });
  guest.join();
  CHECK(message.find("protocol 2") != std::string::npos);
}
