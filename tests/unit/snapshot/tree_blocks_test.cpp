// A4: what did not change is neither read nor written again, and that leaves no trace in what is stored.
#include <fmt/format.h>

#include <random>

#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace {

constexpr int folders = 12;
constexpr int files_each = 120;  // a block holds about 128 entries

Node file_node(const std::string& path, std::size_t size) {
  Node node{path, NodeType::file, 0644};
  node.size = size;
  node.mtime_ns = node.ctime_ns = 1'000'000'000'000;
  node.inode = 1 + std::hash<std::string>()(path);
  return node;
}

FakeTree make_tree() {
  FakeTree tree;
  for (int folder = 0; folder < folders; ++folder) {
    tree.directory(fmt::format("d{:02}", folder));
    for (int i = 0; i < files_each; ++i) {
      const std::string path = fmt::format("d{:02}/{:04}", folder, i);
      tree.add(file_node(path, path.size()), path);
    }
  }
  return tree;
}

std::size_t pick_file(const FakeTree& tree, std::mt19937& random) {
  for (;;) {
    const std::size_t index = random() % tree.nodes.size();
    if (tree.nodes[index].type == NodeType::file) return index;
  }
}

void change_something(FakeTree& tree, std::mt19937& random) {
  const std::size_t index = pick_file(tree, random);
  Node& node = tree.nodes[index];
  switch (random() % 5) {
    case 0:
      tree.nodes.erase(tree.nodes.begin() + static_cast<std::ptrdiff_t>(index));
      return;
    case 1: {
      const std::string path = node.path + "-new";
      tree.add(file_node(path, 3), "new");
      return;
    }
    case 2:
      node.mode ^= 0100;
      node.ctime_ns += 1;
      return;
    case 3:
      tree.contents[node.path] = "changed";
      node.size = 7;
      node.mtime_ns += 1;
      return;
    default:  // hard links: what one name is told to be holds for all
      node.link_group = tree.nodes[pick_file(tree, random)].link_group = 7;
      node.ctime_ns += 1;
  }
}

}  // namespace

TEST_CASE("a tree that was captured again and again is stored as if it had been captured once") {
  TempStore temp;
  std::mt19937 random(1);  // NOLINT: the same each time
  FakeTree tree = make_tree();
  Captured captured = capture(*temp.store, tree);
  for (int round = 0; round < 60; ++round) {
    for (auto changes = random() % 4; changes > 0; --changes) change_something(tree, random);
    captured = capture(*temp.store, tree, &captured.tree());
    TempStore fresh;
    FakeTree same = tree;
    INFO("round " << round);
    REQUIRE(captured.tree().root == capture(*fresh.store, same).tree().root);
  }
}

TEST_CASE("a block whose pack was lost is written again though nothing changed in it") {
  TempStore temp;
  FakeTree tree = make_tree();
  const Captured first = capture(*temp.store, tree);
  for (const auto& pack : temp.packs()) std::filesystem::remove(pack);
  const auto store = temp.open();
  const Captured again = capture(*store, tree, &first.tree());
  CHECK(again.tree().root == first.tree().root);
  TempDir to;
  restore_to(*store, again.tree(), to / "home");
  CHECK(read_text(to / "home/d03/0007") == "d03/0007");
}
