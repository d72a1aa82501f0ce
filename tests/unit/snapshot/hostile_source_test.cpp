// A source is a guest's word: whatever it says, the store refuses it or stores something sound.
#include "base/error.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace {

Node node_at(const std::string& path, NodeType type = NodeType::file) { return {path, type, 0644}; }

bool is_refused(const std::vector<Node>& nodes) {
  TempStore temp;
  FakeTree tree;
  for (const Node& node : nodes) tree.add(node);
  const bool refused = error_kind([&] { capture(*temp.store, tree); }) == base::ErrorKind::guest;
  return refused && temp.store->list().empty();
}

// A tree with one listed file of 4 bytes, and a guest that sends it in its own way.
Captured capture_sent_by(const std::function<void(const TreeSource::Receiver&, const Node&)>& send,
                         TempStore& temp) {
  FakeTree tree;
  tree.file("f", "1234");
  tree.read_instead = [&](const auto&, const TreeSource::Receiver& receiver) {
    send(receiver, tree.nodes[1]);
  };
  return capture(*temp.store, tree);
}

bool sending_is_refused(const std::function<void(const TreeSource::Receiver&, const Node&)>& send) {
  TempStore temp;
  return error_kind([&] { capture_sent_by(send, temp); }) == base::ErrorKind::guest;
}

}  // namespace

TEST_CASE("unsafe paths are refused") {
  for (const std::string path : {"/etc/passwd", "..", "../x", "a/../b", "a//b", "a/", "./a", "a/."}) {
    CHECK_FALSE(is_safe_path(path));
    CHECK(is_refused({node_at("a", NodeType::directory), node_at(path)}));
  }
  CHECK(is_refused({node_at(std::string("a\0b", 3))}));
  CHECK(is_refused({node_at(std::string(256, 'n'))}));
  std::string deep = "d";
  while (deep.size() < 4096) deep += "/d";
  CHECK_FALSE(is_safe_path(deep));
  CHECK(is_safe_path("a/b..c/...d/\xff\n"));
}

TEST_CASE("a list that is no tree is refused") {
  CHECK(is_refused({node_at("a"), node_at("a")}));
  CHECK(is_refused({node_at("", NodeType::directory)}));
  CHECK(is_refused({node_at("a"), node_at("a/b")}));
  CHECK(is_refused({node_at("missing/b")}));
  TempStore temp;
  FakeTree tree;
  tree.nodes.clear();
  CHECK(error_kind([&] { capture(*temp.store, tree); }) == base::ErrorKind::guest);
  tree.file("a", "no root before it");
  CHECK(error_kind([&] { capture(*temp.store, tree); }) == base::ErrorKind::guest);
}

TEST_CASE("impossible fields are refused") {
  const auto with = [](const std::function<void(Node&)>& change, NodeType type = NodeType::file) {
    Node node = node_at("n", type);
    change(node);
    return is_refused({node});
  };
  CHECK(with([](Node& n) { n.size = ~std::uint64_t{0}; }));
  CHECK(with([](Node& n) { n.mode = 0100644; }));
  CHECK(with([](Node& n) { n.type = static_cast<NodeType>(77); }));
  CHECK(with([](Node& n) { n.size = 5; }, NodeType::directory));
  CHECK(with([](Node& n) { n.link_group = 5; }, NodeType::directory));
  CHECK(with([](Node& n) { n.device = 5; }));
  CHECK(with([](Node& n) { n.target = "x"; }));
  CHECK(with([](Node&) {}, NodeType::symlink));
  CHECK(with([](Node& n) { n.target = std::string(5000, 't'); }, NodeType::symlink));
  CHECK(with([](Node& n) { n.target = std::string("a\0b", 3); }, NodeType::symlink));
  CHECK(with([](Node& n) { n.xattrs = {{"b", ""}, {"a", ""}}; }));
  CHECK(with([](Node& n) { n.xattrs = {{"user.x", std::string(70'000, 'x')}}; }));
  CHECK(with([](Node& n) { n.xattrs = {{"", "x"}}; }));
}

TEST_CASE("a source that breaks the order of calls is refused") {
  CHECK(sending_is_refused([](const auto& to, const Node&) { to.on_data({}); }));
  CHECK(sending_is_refused([](const auto& to, const Node&) { to.on_begin(0); }));
  CHECK(sending_is_refused([](const auto& to, const Node&) { to.on_begin(99999); }));
  CHECK(sending_is_refused([](const auto& to, const Node& node) { to.on_end(1, node); }));
  CHECK(sending_is_refused([](const auto& to, const Node&) { to.on_failed(7, "x"); }));
  CHECK(sending_is_refused([](const auto& to, const Node& node) {
    to.on_begin(1);
    to.on_end(1, node);
    to.on_begin(1);
  }));
  CHECK(sending_is_refused([](const auto& to, const Node&) {
    to.on_begin(1);
    to.on_hole(std::uint64_t{1} << 62);
  }));
}

TEST_CASE("a file of another size than listed is kept as read and marked") {
  TempStore temp;
  const Captured captured = capture_sent_by(
      [](const TreeSource::Receiver& to, const Node& node) {
        const std::string data = "123456789";
        to.on_begin(1);
        to.on_data(std::as_bytes(std::span(data.data(), data.size())));
        to.on_end(1, node);
      },
      temp);
  REQUIRE(captured.skipped.size() == 1);
  CHECK(captured.skipped[0].path == "f");
  CHECK(read_all(*temp.store->open_file(captured.tree(), "f")) == "123456789");
  CHECK(temp.store->list_tree(captured.tree()).at(1).size == 9);
}

TEST_CASE("a second beginning starts the file anew") {
  TempStore temp;
  const Captured captured = capture_sent_by(
      [](const TreeSource::Receiver& to, const Node& node) {
        const std::string data = "1234";
        for (int i = 0; i < 2; ++i) {
          to.on_begin(1);
          to.on_data(std::as_bytes(std::span(data.data(), data.size())));
        }
        to.on_end(1, node);
      },
      temp);
  CHECK(captured.skipped.empty());
  CHECK(read_all(*temp.store->open_file(captured.tree(), "f")) == "1234");
}

TEST_CASE("files that fail, or never come, are left out and told") {
  TempStore temp;
  FakeTree tree;
  tree.file("bad", "x").file("good", "y").file("silent", "z");
  tree.read_instead = [&](const auto&, const TreeSource::Receiver& to) {
    to.on_failed(1, "permission denied");
    to.on_begin(2);
    to.on_data(std::as_bytes(std::span("y", 1)));
    to.on_end(2, tree.nodes[2]);
  };
  const Captured captured = capture(*temp.store, tree);
  REQUIRE(captured.skipped.size() == 2);
  CHECK(captured.skipped[0].path == "bad");
  CHECK(captured.skipped[0].reason == "permission denied");
  CHECK(captured.skipped[1].path == "silent");
  CHECK(captured.tree().files == 1);
  CHECK(temp.store->list_tree(captured.tree()).size() == 2);
}

TEST_CASE("hard links share the content of the first, or its absence") {
  TempStore temp;
  FakeTree tree;
  tree.file("a", "one").file("b", "two").file("c", "three").file("d", "four");
  tree.nodes[1].link_group = tree.nodes[2].link_group = 9;
  tree.nodes[3].link_group = tree.nodes[4].link_group = 8;
  tree.read_instead = [&](const auto& wanted, const TreeSource::Receiver& to) {
    REQUIRE(wanted == std::vector<std::size_t>{1, 3});
    to.on_begin(1);
    to.on_data(std::as_bytes(std::span("one", 3)));
    to.on_end(1, tree.nodes[1]);
    to.on_failed(3, "gone");
  };
  const Captured captured = capture(*temp.store, tree);
  CHECK(read_all(*temp.store->open_file(captured.tree(), "b")) == "one");
  CHECK(captured.skipped.size() == 2);
  CHECK(captured.tree().size_bytes == 3);
}
