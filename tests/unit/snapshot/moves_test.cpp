#include <map>

#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using snapshot::Change;
using snapshot::ChangeKind;
using test::FakeTree;

namespace {

// The difference of two captures of trees.
std::vector<Change> diff(FakeTree& before, FakeTree& after) {
  test::TempStore temp;
  const auto older = capture(*temp.store, before);
  const auto newer = capture(*temp.store, after);
  return temp.store->diff(older.tree(), newer.tree());
}

const Change& only(const std::vector<Change>& changes) {
  REQUIRE(changes.size() == 1);
  return changes.front();
}

std::string long_text(int i) {
  return "a text that is long enough to be told from others, number " + std::to_string(i);
}

// photos/ with a directory and so many files in it.
FakeTree photos(const std::string& name, int files) {
  FakeTree tree;
  tree.directory(name).directory(name + "/2025");
  for (int i = 0; i < files; ++i) tree.file(name + "/2025/" + std::to_string(i), long_text(i));
  return tree;
}

}  // namespace

TEST_CASE("a file that is now at another path was renamed") {
  FakeTree before, after;
  before.file("draft.txt", long_text(1));
  after.file("final.txt", long_text(1));
  const auto changes = diff(before, after);
  CHECK(only(changes).kind == ChangeKind::renamed);
  CHECK(only(changes).old_path == "draft.txt");
  CHECK(only(changes).path == "final.txt");
  CHECK(only(changes).new_size == long_text(1).size());
}

TEST_CASE("short files of equal content are the same only when the inode is") {
  FakeTree before, after;
  before.file("a", "0");
  after.file("b", "0");
  before.nodes.back().inode = 7;
  after.nodes.back().inode = 8;
  CHECK(diff(before, after).size() == 2);
  after.nodes.back().inode = 7;
  CHECK(only(diff(before, after)).kind == ChangeKind::renamed);
}

TEST_CASE("of several equal files, the one of the same name is taken for the one that moved") {
  FakeTree before, after;
  before.file("a/one", long_text(1)).directory("a").file("a/two", long_text(1));
  after.directory("a").directory("b").file("b/two", long_text(1));
  std::map<std::string, ChangeKind> kinds;
  std::string origin;
  for (const auto& change : diff(before, after)) {
    kinds[change.path] = change.kind;
    if (change.kind == ChangeKind::renamed) origin = change.old_path;
  }
  CHECK(origin == "a/two");
  CHECK(kinds["a/one"] == ChangeKind::removed);
  CHECK(kinds["b"] == ChangeKind::added);
}

TEST_CASE("a directory that moved with all that is in it is told once") {
  auto before = photos("photos", 300);
  auto after = photos("pictures", 300);
  const auto changes = diff(before, after);
  CHECK(only(changes).kind == ChangeKind::renamed);
  CHECK(only(changes).path == "pictures");
  CHECK(only(changes).old_path == "photos");
  CHECK(only(changes).entries == 301);
  CHECK(only(changes).type == snapshot::NodeType::directory);
}

TEST_CASE("a directory that moved and changed is told by what moved out of it and what changed") {
  auto before = photos("photos", 3);
  auto after = photos("pictures", 3);
  after.file("pictures/new.txt", "new");
  std::map<std::string, ChangeKind> kinds;
  for (const auto& change : diff(before, after)) kinds[change.path] = change.kind;
  CHECK(kinds == std::map<std::string, ChangeKind>{{"photos", ChangeKind::removed},
                                                   {"pictures", ChangeKind::added},
                                                   {"pictures/2025", ChangeKind::renamed},
                                                   {"pictures/new.txt", ChangeKind::added}});
}

TEST_CASE("a file that became a directory was not renamed") {
  FakeTree before, after;
  before.file("a", long_text(1));
  after.directory("a").file("a/b", long_text(2));
  std::multimap<std::string, ChangeKind> kinds;
  for (const auto& change : diff(before, after)) kinds.emplace(change.path, change.kind);
  CHECK(kinds.size() == 3);
  CHECK(kinds.count("a") == 2);
}

TEST_CASE("a copy is added, because the first is still there") {
  FakeTree before, after;
  before.file("a", long_text(1));
  after.file("a", long_text(1)).file("b", long_text(1));
  CHECK(only(diff(before, after)).kind == ChangeKind::added);
}
