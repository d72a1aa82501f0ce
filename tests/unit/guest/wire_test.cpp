#include "guest/wire.hpp"

#include <limits>

#include "base/error.hpp"
#include "guest/codec.hpp"
#include "support/catch.hpp"

using namespace deskloom::guest;
using namespace std::string_literals;
using deskloom::base::Error;

TEST_CASE("numbers come back as they were, at every edge") {
  for (const std::uint64_t value : {0ULL, 1ULL, 127ULL, 128ULL, 1ULL << 32, UINT64_MAX + 0ULL}) {
    const auto bytes = Encoder().number(value).bytes();
    CHECK(Decoder(bytes).number() == value);
  }
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    const auto bytes = Encoder().signed_number(value).bytes();
    CHECK(Decoder(bytes).signed_number() == value);
  }
}

TEST_CASE("a number that is cut, overlong or too large is refused") {
  for (const auto& bytes : {""s, "\x80"s, "\x80\x00"s, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s}) {
    CHECK_THROWS_AS(Decoder(bytes).number(), Error);
  }
  CHECK_THROWS_AS(Decoder("\x0b"s).number(10), Error);
}

TEST_CASE("a string or list that claims more than its message holds is refused") {
  const auto bytes = Encoder().number(1'000'000).bytes() + "abc";
  CHECK_THROWS_AS(Decoder(bytes).string(2'000'000), Error);
  CHECK_THROWS_AS(Decoder(bytes).count(2'000'000), Error);
  CHECK_THROWS_AS(Decoder("\x03"
                          "abc"s)
                      .string(2),
                  Error);
}

TEST_CASE("bytes left over at the end of a message are refused") {
  Decoder in("\x01\x02");
  in.number();
  CHECK_THROWS_AS(in.end(), Error);
}

TEST_CASE("a node comes back with every field") {
  GuestNode node;
  node.path = "a/\xff";
  node.type = 'f';
  node.mode = 04755;
  node.uid = 1;
  node.gid = 2;
  node.size = 3;
  node.mtime_ns = -4;
  node.ctime_ns = 5;
  node.inode = 6;
  node.link_group = 7;
  node.device = 8;
  node.xattrs = {{"user.a", "\0b"s}};
  Encoder out;
  put(out, node);
  Decoder in(out.bytes());
  const auto back = get_node(in);
  in.end();
  CHECK(back.path == node.path);
  CHECK(back.mode == node.mode);
  CHECK(back.uid == 1);
  CHECK(back.gid == 2);
  CHECK(back.size == 3);
  CHECK(back.mtime_ns == -4);
  CHECK(back.ctime_ns == 5);
  CHECK(back.inode == 6);
  CHECK(back.link_group == 7);
  CHECK(back.device == 8);
  CHECK(back.xattrs == node.xattrs);
}
