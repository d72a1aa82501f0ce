#include "snapshot/tree_view.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "base/path.hpp"
#include "hostile_trees.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::test;
using snapshot::NodeType;

namespace {

std::string read_at(const snapshot::TreeView& view, const std::string& path, std::uint64_t offset,
                    std::size_t size) {
  const auto file = view.open(view.find(path).value());
  std::string text(size, '?');
  text.resize(file->read(std::as_writable_bytes(std::span(text.data(), text.size())), offset));
  return text;
}

// Directories of directories, in many blocks.
FakeTree wide_tree() {
  FakeTree tree;
  for (int i = 0; i < 2'000; ++i) {
    const std::string directory = std::to_string(i % 7), below = directory + "/" + std::to_string(i % 30);
    if (i < 7) tree.directory(directory);
    if (i < 210) tree.directory(below);
    tree.file(below + "/" + std::to_string(i), "x");
  }
  return tree;
}

}  // namespace

TEST_CASE("a tree view has the nodes of the tree, each found by its path") {
  const TempStore temp;
  FakeTree tree = wide_tree();
  const auto layer = capture(*temp.store, tree).tree();
  const auto view = temp.store->open_tree(layer);
  const auto listed = temp.store->list_tree(layer);
  REQUIRE(view->size() == listed.size());
  for (std::uint64_t i = 0; i < listed.size(); ++i) {
    CHECK(view->node(i).path == listed[i].path);
    CHECK(view->find(listed[i].path) == i);
  }
  CHECK_FALSE(view->find("3/none"));
  CHECK(error_kind([&] { view->node(listed.size()); }) == base::ErrorKind::not_found);
}

TEST_CASE("the children of a directory are what stands in it, and nothing deeper") {
  const TempStore temp;
  FakeTree tree = wide_tree();
  const auto layer = capture(*temp.store, tree).tree();
  const auto view = temp.store->open_tree(layer);
  std::map<std::string, std::vector<std::string>> expected, found;
  for (const auto& node : temp.store->list_tree(layer)) {
    if (!node.path.empty()) expected[std::string(base::parent_path(node.path))].push_back(node.path);
  }
  for (const auto& [directory, children] : expected) {
    for (const auto& child : view->children(view->find(directory).value()))
      found[directory].push_back(view->node(child.number).path);
  }
  CHECK(found == expected);
}

TEST_CASE("a file in a tree view is read anywhere, holes and all") {
  const TempStore temp;
  const std::string content = noise(300'000) + std::string(1 << 20, '\0') + noise(100'000, 2);
  FakeTree tree;
  tree.file("f", content).file("empty", "");
  const auto view = temp.store->open_tree(capture(*temp.store, tree).tree());
  std::minstd_rand random(1);
  for (int i = 0; i < 50; ++i) {
    const std::size_t offset = random() % content.size(), size = random() % 200'000;
    CHECK((read_at(*view, "f", offset, size) == content.substr(offset, size)));
  }
  CHECK(read_at(*view, "f", content.size() - 3, 100) == content.substr(content.size() - 3));
  CHECK(read_at(*view, "f", content.size(), 1) == "");
  CHECK(read_at(*view, "empty", 0, 1) == "");
  std::uint64_t data_bytes = 0;
  const auto file = view->open(view->find("f").value());
  for (const auto& range : file->data_ranges()) data_bytes += range.size;
  CHECK(data_bytes >= 400'000);
  CHECK(data_bytes < 600'000);
}

TEST_CASE("the names of a hard-linked file lead to one node") {
  const TempStore temp;
  FakeTree tree;
  tree.file("a", "same").file("alone", "x").file("z", "same");
  for (auto& node : tree.nodes)
    if (node.size == 4) node.link_group = 5;
  const auto view = temp.store->open_tree(capture(*temp.store, tree).tree());
  const auto links = view->links(view->find("z").value());
  CHECK(links.first == view->find("a"));
  CHECK(links.count == 2);
  CHECK(view->links(view->find("alone").value()).count == 1);
  for (const auto& child : view->children(0)) CHECK((child.name != "z" || child.number == links.first));
}

TEST_CASE("a tree view gives out no name of a forged tree that is none") {
  const TempStore temp;
  const auto root = entry_at("", NodeType::directory);
  for (const char* path : {"..", ".", "a/../../b", "/etc/passwd", "a//b"}) {
    const auto layer = plant_tree(temp.path(), block_of({root, entry_at(path)}), 2);
    const auto view = temp.store->open_tree(layer);
    CHECK(error_kind([&] { view->children(0); }) == base::ErrorKind::corrupt);
    CHECK(error_kind([&] { view->find(path); }) == base::ErrorKind::corrupt);
  }
}

TEST_CASE("a forged tree whose nodes lack their directory is corrupt where it is looked into") {
  const TempStore temp;
  const auto root = entry_at("", NodeType::directory);
  const auto view = temp.store->open_tree(plant_tree(temp.path(), block_of({root, entry_at("no/a")}), 2));
  CHECK(error_kind([&] { view->children(0); }) == base::ErrorKind::corrupt);
}

TEST_CASE("only files of a tree view can be read") {
  const TempStore temp;
  FakeTree tree;
  tree.directory("d");
  const auto view = temp.store->open_tree(capture(*temp.store, tree).tree());
  CHECK(error_kind([&] { view->open(view->find("d").value()); }) == base::ErrorKind::not_found);
}
