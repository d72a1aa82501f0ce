// Files of the store that were damaged: whatever is read is right or Error(corrupt), and verify names whom it
// costs.
#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "sealed_store.hpp"
#include "snapshot/chunk_store.hpp"
#include "snapshot/image.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace fs = std::filesystem;

namespace {

// What a snapshot's layers hold: a stream, the file "f" of a tree, an image.
struct Contents {
  std::string stream, file, image;
  bool operator==(const Contents&) const = default;
};

Snapshot capture_contents(const TempStore& temp, const Contents& contents, const Snapshot* previous) {
  FakeTree tree;
  tree.file("f", contents.file);
  tree.nodes[1].mtime_ns += previous == nullptr ? 0 : 1000;
  write_file(temp.dir / "image", contents.image);
  const auto before = [&](const char* layer) { return previous ? previous->layer(layer) : nullptr; };
  base::NoProgress progress;
  std::vector<Skipped> skipped;
  StringSource stream(contents.stream);
  const auto store = temp.open();
  const auto writer = store->begin(progress);
  writer->put_stream("profile", stream);
  writer->put_tree("tree", tree, before("tree"), skipped);
  writer->put_image("memory", *local_image(temp.dir / "image"), before("memory"));
  return writer->commit({{"user", "anna"}}, base::from_ns(previous == nullptr ? 1 : 2));
}

Contents read_contents(const TempStore& temp, const Snapshot& snapshot) {
  const auto store = temp.open();
  return {read_all(*store->open_stream(*snapshot.layer("profile"))),
          read_all(*store->open_file(*snapshot.layer("tree"), "f")),
          read_all(*store->open_stream(*snapshot.layer("memory")))};
}

// Two snapshots of which the second is stored as differences from the first.
template <typename AnyStore>
struct TwoVersions {
  AnyStore temp;
  std::vector<std::pair<Snapshot, Contents>> versions;
  TwoVersions() {
    Contents contents{"settings of anna", noise(3000), noise(4096, 2) + std::string(4096, 'z')};
    const Snapshot first = capture_contents(temp, contents, nullptr);
    versions.emplace_back(first, contents);
    contents = {"other settings", contents.file + "more", contents.image.replace(100, 4, "new!")};
    versions.emplace_back(capture_contents(temp, contents, &first), contents);
  }

  // True when the snapshot is read as it was, false on Error(corrupt).
  bool is_readable(const std::pair<Snapshot, Contents>& version) const try {
    const Contents contents = read_contents(temp, version.first);
    CHECK(contents == version.second);
    return true;
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::corrupt);
    return false;
  }
};

bool has_differences(const fs::path& pack, const Seal& seal) {
  const auto entries = scan_whole(pack, seal).entries;
  return std::ranges::any_of(entries, [](const PackEntry& entry) { return entry.depth > 0; });
}

}  // namespace

TEMPLATE_TEST_CASE(
    "whatever octet of a pack is wrong, all is read right or not at all, and verify names whom it costs", "",
    TempStore, SealedStore) {
  const TwoVersions<TestType> two;
  const auto packs = two.temp.packs();
  const auto seal = two.temp.root().seal;
  REQUIRE(std::ranges::any_of(packs, [&](const fs::path& pack) { return has_differences(pack, *seal); }));
  for (const fs::path& pack : packs) {
    // 5 has no factor in common with the sizes of a frame's fields, so that each is met.
    for (std::uint64_t at = 0; at < fs::file_size(pack); at += 5) {
      flip_byte(pack, at);
      INFO("octet " << at << " of " << pack);
      const auto named = snapshots_of(verify(two.temp, true));
      for (const auto& version : two.versions)
        CHECK((two.is_readable(version) || named.contains(version.first.id)));
      flip_byte(pack, at);
    }
  }
  CHECK(verify(two.temp, true).problems.empty());
}

TEMPLATE_TEST_CASE(
    "a pack cut at any length: verify names the snapshot, others restore, nothing wrong is read", "",
    TempStore, SealedStore) {
  const TestType temp;
  FakeTree tree, other;
  tree.file("f", "some text");
  other.file("g", "other text");
  const Captured cut = capture(*temp.store, tree);
  const fs::path pack = temp.packs().at(0);
  const Captured whole = capture(*temp.store, other);
  const std::string bytes = read_text(pack);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("cut to " << size);
    write_file(pack, bytes.substr(0, size));
    CHECK(snapshots_of(verify(temp, false)) == std::set<std::string>{cut.snapshot.id});
    const auto store = temp.open();
    CHECK(error_kind([&] { read_all(*store->open_file(cut.tree(), "f")); }) == base::ErrorKind::corrupt);
    CHECK(read_all(*store->open_file(whole.tree(), "g")) == "other text");
  }
}

TEMPLATE_TEST_CASE(
    "any flipped byte of an index table: found, what was captured is still read, and a collection mends it",
    "", TempStore, SealedStore) {
  const TestType temp;
  FakeTree tree;
  tree.file("f", "some text");
  const Captured captured = capture(*temp.store, tree);
  const fs::path table = fs::directory_iterator(temp.path() / "index")->path();
  const std::string bytes = read_text(table);
  base::NoProgress progress;
  for (std::uint64_t at = 0; at < bytes.size(); ++at) {
    INFO("octet " << at);
    flip_byte(table, at);
    CHECK_FALSE(verify(temp, false).problems.empty());
    CHECK(read_all(*temp.open()->open_file(captured.tree(), "f")) == "some text");
    if (at % 16 == 0) {
      temp.open()->collect(std::chrono::milliseconds(0), false, progress);
      CHECK(verify(temp, true).problems.empty());
    }
    for (const auto& entry : fs::directory_iterator(temp.path() / "index")) fs::remove(entry.path());
    write_file(table, bytes);
  }
}

TEMPLATE_TEST_CASE("an index that is older than its packs, or newer, leads to everything that is there", "",
                   TempStore, SealedStore) {
  const TestType temp;
  FakeTree tree, next;
  tree.file("f", noise(20'000, 1));
  const Captured first = capture(*temp.store, tree);
  const auto older_packs = temp.packs();
  const fs::path index = temp.path() / "index";
  fs::copy(index, temp.dir / "older", fs::copy_options::recursive);
  next.file("g", noise(20'000, 2));
  const Captured second = capture(*temp.store, next);
  SECTION("older") {
    fs::remove_all(index);
    fs::rename(temp.dir / "older", index);
    CHECK(read_all(*temp.open()->open_file(second.tree(), "g")) == noise(20'000, 2));
    CHECK(verify(temp, true).problems.empty());
  }
  SECTION("newer") {
    for (const fs::path& pack : temp.packs()) {
      if (std::ranges::find(older_packs, pack) == older_packs.end()) fs::remove(pack);
    }
    CHECK_FALSE(verify(temp, false).problems.empty());
    CHECK(error_kind([&] { read_all(*temp.open()->open_file(second.tree(), "g")); }) ==
          base::ErrorKind::corrupt);
  }
  CHECK(read_all(*temp.open()->open_file(first.tree(), "f")) == noise(20'000, 1));
}

TEMPLATE_TEST_CASE("any flipped byte of a manifest is refused", "", TempStore, SealedStore) {
  const TestType temp;
  FakeTree tree;
  const std::string id = capture(*temp.store, tree).snapshot.id;
  const fs::path manifest = manifest_of(temp.path(), id);
  const auto size = fs::file_size(manifest);
  for (std::uint64_t at = 0; at < size; ++at) {
    flip_byte(manifest, at);
    INFO("octet " << at);
    const auto kind = error_kind([&] { temp.store->get(id); });
    CHECK((kind == base::ErrorKind::corrupt || kind == base::ErrorKind::store_newer));
    flip_byte(manifest, at);
  }
}
