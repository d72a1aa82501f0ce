#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>

#include "guest/codec.hpp"
#include "guest/server/home.hpp"
#include "guest/server/tree_read.hpp"
#include "support/catch.hpp"
#include "support/guest_peers.hpp"

using namespace deskloom::guest;
using namespace deskloom::guest::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> paths_of(const std::vector<GuestNode>& nodes) {
  std::vector<std::string> paths;
  for (const auto& node : nodes) paths.push_back(node.path);
  return paths;
}

std::vector<GuestNode> list(const TestUser& user, const TreeRequest& request, Pairs& skipped) {
  user.own_home();
  Helper helper(user);
  return helper.client().list(request, skipped);
}

const GuestNode& at(const std::vector<GuestNode>& nodes, const std::string& path) {
  return *std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.path == path; });
}

}  // namespace

TEST_CASE("a list names each kind of object with what it is") {
  const TestUser user;
  write_text(user.home() / "file", "hello");
  ::chmod((user.home() / "file").c_str(), 0640);
  fs::create_directory(user.home() / "dir");
  fs::create_symlink("/etc/passwd", user.home() / "link");
  fs::create_hard_link(user.home() / "file", user.home() / "dir" / "same");
  ::mkfifo((user.home() / "fifo").c_str(), 0600);
  Pairs skipped;
  const auto nodes = list(user, {"ann", {}, {}}, skipped);
  CHECK(paths_of(nodes) == std::vector<std::string>{"", "dir", "dir/same", "fifo", "file", "link"});
  CHECK(at(nodes, "file").size == 5);
  CHECK(at(nodes, "file").mode == 0640);
  CHECK(at(nodes, "file").uid == user.uid());
  CHECK(at(nodes, "file").link_group != 0);
  CHECK(at(nodes, "file").link_group == at(nodes, "dir/same").link_group);
  CHECK(at(nodes, "link").target == "/etc/passwd");
  CHECK(at(nodes, "fifo").type == 'p');
  CHECK(skipped.empty());
}

TEST_CASE("only what is included and not excluded is listed, with the directories on the way") {
  const TestUser user;
  fs::create_directories(user.home() / ".config/app/cache");
  fs::create_directories(user.home() / "Documents");
  write_text(user.home() / ".config/app/settings", "x");
  write_text(user.home() / ".config/app/cache/junk", "x");
  write_text(user.home() / ".config/other", "x");
  Pairs skipped;
  const auto nodes = list(user, {"ann", {".config/app", "gone"}, {"cache/"}}, skipped);
  CHECK(paths_of(nodes) == std::vector<std::string>{"", ".config", ".config/app", ".config/app/settings"});
  REQUIRE(skipped.size() == 1);
  CHECK(skipped[0].first == "gone");
}

TEST_CASE("what cannot be captured is named with the reason") {
  const TestUser user;
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (user.home() / "socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
  fs::create_directory(user.home() / "closed");
  fs::permissions(user.home() / "closed", fs::perms::none);
  Pairs skipped;
  list(user, {"ann", {}, {}}, skipped);
  REQUIRE(skipped.size() == 2);
  CHECK(skipped[0].first == "closed");
  CHECK(skipped[0].second.find("ermission") != std::string::npos);
  CHECK(skipped[1] == std::pair<std::string, std::string>{"socket", "is a socket"});
  fs::permissions(user.home() / "closed", fs::perms::owner_all);
}

TEST_CASE("contents come in the order asked for, holes as zeros") {
  const TestUser user;
  write_text(user.home() / "a", "first");
  write_text(user.home() / "b", std::string(600'000, 'b'));
  write_text(user.home() / "sparse", "");
  fs::resize_file(user.home() / "sparse", 3 << 20);
  user.own_home();
  Helper helper(user);
  Pairs skipped;
  helper.client().list({"ann", {}, {}}, skipped);
  std::vector<std::string> contents;
  ReadHandler handler;
  handler.on_begin = [&](std::uint64_t) { contents.emplace_back(); };
  handler.on_data = [&](std::span<const std::byte> bytes) {
    contents.back().append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  handler.on_end = [](std::uint64_t, const GuestNode&) {};
  helper.client().read({3, 1, 2}, handler);
  REQUIRE(contents.size() == 3);
  CHECK(contents[0] == std::string(3 << 20, '\0'));
  CHECK(contents[1] == "first");
  CHECK(contents[2] == std::string(600'000, 'b'));
}

TEST_CASE("a file that is gone, replaced or unreadable is told and the others still come") {
  const TestUser user;
  write_text(user.home() / "gone", "x");
  write_text(user.home() / "good", "x");
  write_text(user.home() / "linked", "x");
  user.own_home();
  Helper helper(user);
  Pairs skipped;
  helper.client().list({"ann", {}, {}}, skipped);
  fs::remove(user.home() / "gone");
  fs::remove(user.home() / "linked");
  fs::create_symlink("/etc/hostname", user.home() / "linked");
  std::vector<std::uint64_t> failed, ended;
  ReadHandler handler;
  handler.on_begin = [](auto) {};
  handler.on_data = [](auto) {};
  handler.on_end = [&](std::uint64_t index, const auto&) { ended.push_back(index); };
  handler.on_failed = [&](std::uint64_t index, const auto&) { failed.push_back(index); };
  helper.client().read({1, 2, 3}, handler);
  CHECK(ended == std::vector<std::uint64_t>{2});
  CHECK(failed == std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("a file that changes while it is read is told as failed") {
  const TestUser user;
  write_text(user.home() / "log", std::string(16 << 20, 'x'));  // more than the socket holds
  user.own_home();
  Helper helper(user);
  Pairs skipped;
  helper.client().list({"ann", {}, {}}, skipped);
  std::string reason;
  bool grown = false;
  ReadHandler handler;
  handler.on_begin = [](auto) {};
  handler.on_data = [&](auto) {
    if (!grown) fs::resize_file(user.home() / "log", 17 << 20);
    grown = true;
  };
  handler.on_end = [](auto, const auto&) { FAIL("the change was not noticed"); };
  handler.on_failed = [&](std::uint64_t, const std::string& why) { reason = why; };
  helper.client().read({1}, handler);
  CHECK(reason.find("changed while") != std::string::npos);
}

TEST_CASE("a user's own rights judge what is read, even for a helper that is root") {
  if (::geteuid() != 0) return;  // there are no more rights to give up
  const TestUser user;
  user.own_home();
  write_text(user.home() / "roots", "secret");
  ::chmod((user.home() / "roots").c_str(), 0600);
  Helper helper(user);
  Pairs skipped;
  helper.client().list({"ann", {}, {}}, skipped);
  std::string reason;
  ReadHandler handler;
  handler.on_failed = [&](std::uint64_t, const std::string& why) { reason = why; };
  helper.client().read({1}, handler);
  CHECK(reason.find("ermission denied") != std::string::npos);
}
