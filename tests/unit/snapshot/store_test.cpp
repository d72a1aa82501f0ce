// What a caller sees of a store: layers in, layers out, what they cost, what differs.
#include "base/error.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace {

const Change* find_change(const std::vector<Change>& changes, const std::string& path) {
  for (const Change& change : changes) {
    if (change.path == path) return &change;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("a store must exist, and not be newer than the program") {
  TempDir dir;
  CHECK(error_kind([&] { Store::open(dir / "none"); }) == base::ErrorKind::no_store);
  Store::init(dir / "store");
  Store::init(dir / "store");
  write_file(dir / "store/format", "deskloom-snapshot-store 6\n");
  CHECK(error_kind([&] { Store::open(dir / "store"); }) == base::ErrorKind::store_newer);
  write_file(dir / "store/format", "something else");
  CHECK(error_kind([&] { Store::open(dir / "store"); }) == base::ErrorKind::corrupt);
}

TEST_CASE("a stream comes back, whole or in part, and metadata with it") {
  TempStore temp;
  base::NoProgress progress;
  const auto writer = temp.store->begin(progress);
  StringSource source("{\"theme\": \"dark\"}");
  writer->put_stream("profile", source);
  const std::string id = writer->commit({{"user", "anna"}, {"bad", "\xff"}}, base::from_ns(7)).id;

  const Snapshot snapshot = temp.open()->get(id);
  CHECK(snapshot.metadata.at("user") == "anna");
  CHECK(base::to_ns(snapshot.created_at) == 7);
  const Layer& layer = *snapshot.layer("profile");
  CHECK(layer.kind == "stream");
  CHECK(layer.size_bytes == 17);
  CHECK(temp.store->read_stream(layer, 100) == "{\"theme\": \"dark\"}");
  CHECK(error_kind([&] { temp.store->read_stream(layer, 16); }) == base::ErrorKind::corrupt);
  CHECK(error_kind([&] { temp.store->list_tree(layer); }) == base::ErrorKind::usage);
  CHECK(snapshot.layer("tree") == nullptr);
}

TEST_CASE("snapshots are listed oldest first; an unknown one is not found") {
  TempStore temp;
  FakeTree tree;
  const std::string first = capture(*temp.store, tree).snapshot.id;
  const std::string second = capture(*temp.store, tree).snapshot.id;
  CHECK(temp.store->list() == std::vector<std::string>{first, second});
  CHECK(error_kind([&] { temp.store->get("../format"); }) == base::ErrorKind::not_found);
  CHECK(error_kind([&] { temp.store->get(std::string(32, '0')); }) == base::ErrorKind::not_found);
}

TEST_CASE("another process sees what was committed after it opened the store") {
  TempStore temp;
  const auto reader = temp.open();
  FakeTree tree;
  tree.file("a", "later");
  const Captured captured = capture(*temp.store, tree);
  CHECK(reader->list().size() == 1);
  CHECK(read_all(*reader->open_file(captured.tree(), "a")) == "later");
}

TEST_CASE("the same tree costs nothing the second time, and nothing of it is read again") {
  TempStore temp;
  FakeTree tree;
  tree.directory("d").file("d/a", noise(300'000)).file("b", "small");
  const Captured first = capture(*temp.store, tree);
  tree.read_paths.clear();
  const Captured second = capture(*temp.store, tree, &first.tree());
  CHECK(second.tree().root == first.tree().root);
  CHECK(second.stats.added_bytes == 0);
  CHECK(second.stats.files_unchanged == 2);
  CHECK(tree.read_paths.empty());
  CHECK(second.snapshot.id != first.snapshot.id);
}

TEST_CASE("a file is read again when size, mtime, ctime or inode differ") {
  TempStore temp;
  FakeTree tree;
  tree.file("a", "1234").file("same", "x");
  const Captured first = capture(*temp.store, tree);
  Node& node = tree.nodes[1];
  const Node original = node;
  const auto change = GENERATE(0, 1, 2);
  if (change == 0) ++node.mtime_ns;
  if (change == 1) ++node.ctime_ns;
  if (change == 2) ++node.inode;
  tree.read_paths.clear();
  capture(*temp.store, tree, &first.tree());
  CHECK(tree.read_paths == std::vector<std::string>{"a"});
}

TEST_CASE("a file changed just before the last capture is read again though it looks the same") {
  TempStore temp;
  FakeTree tree;
  tree.file("a", "old!");
  tree.clock = tree.nodes[1].ctime_ns + 1'000'000;
  const Captured first = capture(*temp.store, tree);
  tree.contents["a"] = "new!";
  const Captured second = capture(*temp.store, tree, &first.tree());
  CHECK(read_all(*temp.store->open_file(second.tree(), "a")) == "new!");
}

TEST_CASE("a clock that was set back hides no change") {
  TempStore temp;
  FakeTree tree;
  tree.file("a", "old!").file("b", "old!");
  const Captured first = capture(*temp.store, tree);
  tree.clock = tree.nodes[1].ctime_ns / 2;
  tree.nodes[1].mtime_ns = tree.nodes[1].ctime_ns = tree.clock;
  tree.contents["a"] = "new!";
  tree.clock += 60'000'000'000;
  const Captured second = capture(*temp.store, tree, &first.tree());
  CHECK(read_all(*temp.store->open_file(second.tree(), "a")) == "new!");
  // By this clock "b" was written in the future: nobody knows whether that time comes twice.
  tree.contents["b"] = "new!";
  const Captured third = capture(*temp.store, tree, &second.tree());
  CHECK(read_all(*temp.store->open_file(third.tree(), "b")) == "new!");
}

TEST_CASE("content of one user costs nothing for another") {
  TempStore temp;
  FakeTree anna;
  anna.file("report", noise(1'000'000));
  FakeTree bert;
  bert.directory("work").file("work/copy", noise(1'000'000)).nodes[2].uid = 1001;
  const Captured first = capture(*temp.store, anna);
  const Captured second = capture(*temp.store, bert);
  CHECK(first.stats.added_bytes > 1'000'000);
  CHECK(second.stats.added_bytes < 2'000);
}

TEST_CASE("one changed byte in the middle of 64 MiB costs a chunk, not the file") {
  TempStore temp;
  FakeTree tree;
  tree.file("disk", noise(64 << 20));
  const Captured first = capture(*temp.store, tree);
  tree.contents["disk"][32 << 20] ^= 1;
  ++tree.nodes[1].mtime_ns;
  const Captured second = capture(*temp.store, tree, &first.tree());
  CHECK(second.stats.added_bytes > 0);
  CHECK(second.stats.added_bytes < 600'000);
  CHECK(read_all(*temp.store->open_file(second.tree(), "disk")) == tree.contents["disk"]);
}

TEST_CASE("the same input makes the same objects in any store, in whatever order it is listed") {
  TempStore one;
  TempStore two;
  FakeTree tree;
  tree.directory("d").file("d/z", "1").file("d/a", noise(50'000)).file("b", "2");
  const std::string root = capture(*one.store, tree).tree().root;
  std::swap(tree.nodes[2], tree.nodes[3]);
  CHECK(capture(*two.store, tree).tree().root == root);
}

TEST_CASE("a tree's id is what it was in the first release") {
  TempStore temp;
  FakeTree tree;
  tree.directory("d").file("d/f", "text");
  tree.nodes[2].xattrs = {{"user.a", "b"}};
  CHECK(capture(*temp.store, tree).tree().root ==
        "1033350a8dbe1b604463c210c6e8062da6d0e5972c17e8b42138f1f37ef91fd7");
}

TEST_CASE("diff tells added, removed, changed and metadata, and is empty for equals") {
  TempStore temp;
  FakeTree before;
  before.directory("d").file("d/kept", "k").file("edited", "one").file("gone", "g").file("mode", "m");
  FakeTree after;
  after.directory("d")
      .file("d/kept", "k")
      .file("edited", "three")
      .file("mode", "m")
      .directory("new")
      .file("new/f", "ff");
  after.nodes[4].mode = 0600;
  after.nodes[2].ctime_ns += 5;  // not a change to anyone
  const Captured old = capture(*temp.store, before);
  const Captured fresh = capture(*temp.store, after);
  const auto changes = temp.store->diff(old.tree(), fresh.tree());
  CHECK(changes.size() == 5);
  REQUIRE(find_change(changes, "edited") != nullptr);
  CHECK(find_change(changes, "edited")->kind == ChangeKind::changed);
  CHECK(find_change(changes, "edited")->old_size == 3);
  CHECK(find_change(changes, "edited")->new_size == 5);
  REQUIRE(find_change(changes, "gone") != nullptr);
  CHECK(find_change(changes, "gone")->kind == ChangeKind::removed);
  REQUIRE(find_change(changes, "mode") != nullptr);
  CHECK(find_change(changes, "mode")->kind == ChangeKind::metadata);
  REQUIRE(find_change(changes, "new") != nullptr);
  REQUIRE(find_change(changes, "new/f") != nullptr);
  CHECK(find_change(changes, "new/f")->kind == ChangeKind::added);
  CHECK(temp.store->diff(old.tree(), old.tree()).empty());
}

TEST_CASE("a directory that became a file is removed whole and added") {
  TempStore temp;
  FakeTree before;
  before.directory("x").file("x/in", "1");
  FakeTree after;
  after.file("x", "now a file");
  const auto changes =
      temp.store->diff(capture(*temp.store, before).tree(), capture(*temp.store, after).tree());
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].kind == ChangeKind::removed);
  CHECK(changes[1].kind == ChangeKind::added);
  CHECK(changes[2].path == "x/in");
}

TEST_CASE("one file of a tree is opened by its path") {
  TempStore temp;
  FakeTree tree;
  tree.directory("a").directory("a/b").file("a/b/c", "deep");
  const Captured captured = capture(*temp.store, tree);
  CHECK(read_all(*temp.store->open_file(captured.tree(), "a/b/c")) == "deep");
  for (const char* path : {"a", "a/b/x", "a/b/c/d", "/a", "a//b", ""}) {
    CHECK(error_kind([&] { temp.store->open_file(captured.tree(), path); }) == base::ErrorKind::not_found);
  }
}

TEST_CASE("without a commit nothing is visible, and what was written is used by the next writer") {
  TempStore temp;
  base::NoProgress progress;
  FakeTree tree;
  tree.file("a", noise(3 << 20));
  {
    std::vector<Skipped> skipped;
    temp.store->begin(progress)->put_tree("tree", tree, nullptr, skipped);
  }
  CHECK(temp.store->list().empty());
  const auto store = temp.open();
  const Captured captured = capture(*store, tree);
  CHECK(captured.stats.added_bytes < (2 << 20));  // what had left the writer's buffer
  CHECK(read_all(*store->open_file(captured.tree(), "a")) == tree.contents["a"]);
}
