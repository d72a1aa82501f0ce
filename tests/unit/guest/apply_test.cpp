#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error.hpp"
#include "guest/codec.hpp"
#include "support/catch.hpp"
#include "support/guest_peers.hpp"

using namespace deskloom::guest;
using namespace deskloom::guest::test;
namespace fs = std::filesystem;

namespace {

GuestNode node(const std::string& path, char type, const std::string& content = {}) {
  GuestNode result;
  result.path = path;
  result.type = static_cast<std::uint8_t>(type);
  result.mode = type == 'd' ? 0755 : 0644;
  result.size = content.size();
  result.mtime_ns = 1'600'000'000'123'456'789;
  return result;
}

// Applies nodes, with content for each file that is wanted; what finish_apply says.
Pairs apply(Client& client, const std::vector<GuestNode>& nodes, const std::string& content,
            bool remove_others, const TreeRequest& request = {"ann", {}, {}}) {
  const auto wanted = client.begin_apply(request, nodes, remove_others);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!wanted[i]) continue;
    client.put_node(i);
    client.put_data(std::as_bytes(std::span(content)));
    client.end_node();
  }
  return client.finish_apply();
}

// Copies one user's home to another's as the host would.
Pairs copy(const TestUser& from, const TestUser& to, bool remove_others) {
  from.own_home();
  to.own_home();
  Helper source(from), target(to);
  Pairs skipped;
  const auto nodes = source.client().list({"ann", {}, {}}, skipped);
  const auto wanted = target.client().begin_apply({"ann", {}, {}}, nodes, remove_others);
  std::vector<std::uint64_t> indices;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i]) indices.push_back(i);
  }
  ReadHandler handler;
  handler.on_begin = [&](std::uint64_t index) { target.client().put_node(index); };
  handler.on_data = [&](std::span<const std::byte> bytes) { target.client().put_data(bytes); };
  handler.on_end = [&](std::uint64_t, const GuestNode&) { target.client().end_node(); };
  source.client().read(indices, handler);
  return target.client().finish_apply();
}

struct stat facts(const fs::path& path) {
  struct stat result {};
  REQUIRE(::lstat(path.c_str(), &result) == 0);
  return result;
}

void set_time(const fs::path& path, long seconds, long nanoseconds) {
  const timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

}  // namespace

TEST_CASE("a home applied to another comes out with everything it had") {
  const TestUser from, to;
  fs::create_directories(from.home() / "read-only/below");
  write_text(from.home() / "read-only/below/file", "content\n");
  fs::create_hard_link(from.home() / "read-only/below/file", from.home() / "same");
  fs::create_symlink("nowhere", from.home() / "link");
  ::mkfifo((from.home() / "fifo").c_str(), 0600);
  ::chmod((from.home() / "fifo").c_str(), 0620);
  write_text(from.home() / "strange\xff\nname", "x");
  ::chmod((from.home() / "read-only/below/file").c_str(), 0440);
  const bool has_xattrs =
      ::setxattr((from.home() / "strange\xff\nname").c_str(), "user.origin", "net", 3, 0) == 0;
  set_time(from.home() / "link", 1'500'000'000, 7);
  set_time(from.home() / "same", -5, 999'999'999);
  set_time(from.home() / "read-only", 1'400'000'000, 1);
  from.own_home();
  ::chmod((from.home() / "read-only").c_str(), 0550);

  CHECK(copy(from, to, true).empty());

  CHECK(read_text(to.home() / "same") == "content\n");
  CHECK(facts(to.home() / "same").st_ino == facts(to.home() / "read-only/below/file").st_ino);
  CHECK(facts(to.home() / "same").st_nlink == 2);
  CHECK((facts(to.home() / "same").st_mode & 07777) == 0440);
  CHECK(facts(to.home() / "same").st_mtim.tv_sec == -5);
  CHECK(facts(to.home() / "same").st_mtim.tv_nsec == 999'999'999);
  CHECK(fs::read_symlink(to.home() / "link") == "nowhere");
  CHECK(facts(to.home() / "link").st_mtim.tv_sec == 1'500'000'000);
  CHECK((facts(to.home() / "fifo").st_mode & (S_IFMT | 07777)) == (S_IFIFO | 0620));
  CHECK((facts(to.home() / "read-only").st_mode & 07777) == 0550);
  CHECK(facts(to.home() / "read-only").st_mtim.tv_sec == 1'400'000'000);
  CHECK(facts(to.home() / "same").st_uid == to.uid());
  char value[8] = {};
  const auto size = ::getxattr((to.home() / "strange\xff\nname").c_str(), "user.origin", value, sizeof value);
  if (has_xattrs) CHECK(std::string(value, static_cast<std::size_t>(size)) == "net");
  ::chmod((from.home() / "read-only").c_str(), 0750);
  ::chmod((to.home() / "read-only").c_str(), 0750);
}

TEST_CASE("a second apply of the same home wants no content and changes nothing") {
  const TestUser from, to;
  write_text(from.home() / "file", "content");
  copy(from, to, true);
  const auto before = facts(to.home() / "file");
  from.own_home();
  Helper source(from), target(to);
  Pairs skipped;
  const auto nodes = source.client().list({"ann", {}, {}}, skipped);
  CHECK(target.client().begin_apply({"ann", {}, {}}, nodes, true) == std::vector<bool>(nodes.size(), false));
  CHECK(target.client().finish_apply().empty());
  CHECK(facts(to.home() / "file").st_ino == before.st_ino);
  CHECK(facts(to.home() / "file").st_ctim.tv_nsec == before.st_ctim.tv_nsec);
}

TEST_CASE("a hole stays a hole") {
  const TestUser user;
  Helper helper(user);
  auto sparse = node("sparse", 'f');
  sparse.size = 8 << 20;
  auto& client = helper.client();
  client.begin_apply({"ann", {}, {}}, {node("", 'd'), sparse}, false);
  client.put_node(1);
  client.put_hole(sparse.size - 1);
  client.put_data(std::as_bytes(std::span("x", 1)));
  client.end_node();
  CHECK(client.finish_apply().empty());
  CHECK(facts(user.home() / "sparse").st_size == 8 << 20);
  CHECK(facts(user.home() / "sparse").st_blocks * 512 < 1 << 20);
}

TEST_CASE("what is not named goes, what is excluded or not included stays") {
  const TestUser user;
  fs::create_directories(user.home() / "old/cache");
  write_text(user.home() / "old/file", "x");
  write_text(user.home() / "old/cache/kept", "x");
  write_text(user.home() / "plain", "x");
  user.own_home();
  SECTION("of the whole home") {
    Helper helper(user);
    CHECK(apply(helper.client(), {node("", 'd'), node("new", 'f', "n")}, "n", true, {"ann", {}, {"cache/"}})
              .empty());
    CHECK(fs::exists(user.home() / "new"));
    CHECK_FALSE(fs::exists(user.home() / "plain"));
    CHECK_FALSE(fs::exists(user.home() / "old/file"));
    CHECK(fs::exists(user.home() / "old/cache/kept"));
  }
  SECTION("of an included part") {
    Helper helper(user);
    CHECK(apply(helper.client(), {node("", 'd'), node("old", 'd')}, "", true, {"ann", {"old"}, {}}).empty());
    CHECK(fs::exists(user.home() / "plain"));
    CHECK(fs::is_empty(user.home() / "old"));
  }
  SECTION("only when asked for") {
    Helper helper(user);
    CHECK(apply(helper.client(), {node("", 'd')}, "", false).empty());
    CHECK(fs::exists(user.home() / "plain"));
  }
}

TEST_CASE("a tree without its root removes nothing") {
  const TestUser user;
  write_text(user.home() / "plain", "x");
  Helper helper(user);
  CHECK_THROWS_AS(helper.client().begin_apply({"ann", {}, {}}, {}, true), deskloom::base::Error);
  CHECK(fs::exists(user.home() / "plain"));
}

TEST_CASE("a link planted in the home does not lead an apply outside") {
  const TestUser user;
  const deskloom::test::TempDir outside;
  fs::permissions(outside.path(), fs::perms::all);
  fs::create_directory_symlink(outside.path(), user.home() / "a");
  write_text(outside / "kept", "x");
  user.own_home();
  SECTION("where a directory is to be, it becomes one") {
    Helper helper(user);
    CHECK(apply(helper.client(), {node("", 'd'), node("a", 'd'), node("a/b", 'f', "n")}, "n", true).empty());
    CHECK(read_text(user.home() / "a/b") == "n");
  }
  SECTION("where the directory is not named, the file fails") {
    Helper helper(user);
    const auto failures = apply(helper.client(), {node("", 'd'), node("a/b", 'f', "n")}, "n", false);
    REQUIRE_FALSE(failures.empty());
    CHECK(failures[0].first == "a/b");
  }
  SECTION("swapped in after the directories were made") {
    Helper helper(user);
    helper.client().begin_apply({"ann", {}, {}}, {node("", 'd'), node("c", 'd'), node("c/b", 'f', "n")},
                                false);
    fs::remove_all(user.home() / "c");
    fs::create_directory_symlink(outside.path(), user.home() / "c");
    helper.client().put_node(2);
    helper.client().put_data(std::as_bytes(std::span("n", 1)));
    helper.client().end_node();
    CHECK_FALSE(helper.client().finish_apply().empty());
  }
  CHECK_FALSE(fs::exists(outside / "b"));
  CHECK(fs::exists(outside / "kept"));
}

TEST_CASE("content that is cut leaves the old file") {
  const TestUser user;
  write_text(user.home() / "file", "old");
  user.own_home();
  Helper helper(user);
  const auto file = node("file", 'f', "0123456789");
  SECTION("by too little") {
    CHECK_FALSE(apply(helper.client(), {node("", 'd'), file}, "012", false).empty());
  }
  SECTION("by too much") {
    CHECK_FALSE(apply(helper.client(), {node("", 'd'), file}, "0123456789+", false).empty());
  }
  SECTION("by the host's end") {
    helper.client().begin_apply({"ann", {}, {}}, {node("", 'd'), file}, false);
    helper.client().put_node(1);
    helper.client().put_data(std::as_bytes(std::span("012", 3)));
    CHECK(helper.hang_up() == 1);
  }
  CHECK(read_text(user.home() / "file") == "old");
  const auto entries = std::distance(fs::directory_iterator(user.home()), fs::directory_iterator());
  CHECK(entries == 1);  // nothing half-written is left beside it
}

TEST_CASE("nodes that contradict each other are refused before anything is done") {
  const TestUser user;
  Helper helper(user);
  for (const auto& nodes : {std::vector{node("", 'd'), node("a", 'f'), node("a", 'd')},
                            std::vector{node("", 'd'), node("a", 'l'), node("a/b", 'd')}}) {
    CHECK_THROWS_AS(helper.client().begin_apply({"ann", {}, {}}, nodes, false), deskloom::base::Error);
  }
  CHECK(fs::is_empty(user.home()));
}

TEST_CASE("an owner other than the home's is told, the home's becomes the user") {
  const TestUser user;
  Helper helper(user);
  auto home = node("", 'd'), own = node("own", 'f', "x"), foreign = node("foreign", 'f', "x");
  home.uid = own.uid = 1234;
  home.gid = own.gid = foreign.gid = 1234;
  foreign.uid = 0;
  const auto failures = apply(helper.client(), {home, foreign, own}, "x", false);
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].first == "foreign");
  CHECK(facts(user.home() / "own").st_uid == user.uid());
}

TEST_CASE("a directory in the way of a file goes only when others are to be removed") {
  const TestUser user;
  fs::create_directory(user.home() / "thing");
  write_text(user.home() / "thing/inside", "x");
  user.own_home();
  const bool remove_others = GENERATE(false, true);
  Helper helper(user);
  const auto failures = apply(helper.client(), {node("", 'd'), node("thing", 'f', "n")}, "n", remove_others);
  CHECK(failures.empty() == remove_others);
  CHECK(fs::is_regular_file(user.home() / "thing") == remove_others);
}
