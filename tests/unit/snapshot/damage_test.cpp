// Stored data that is damaged or forged: always Error(corrupt) or found by verify, never a crash or wrong
// data.
#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "hostile_trees.hpp"
#include "sealed_store.hpp"
#include "snapshot/chunk_store.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace fs = std::filesystem;

namespace {

// A store with one incompressible file, so large that its data has a frame of its own: where frames are
// sealed, what stands in one is lost together.
template <typename AnyStore>
struct OneFile {
  AnyStore temp;
  std::string data = noise(600'000);
  Captured captured;
  fs::path pack;
  OneFile() {
    FakeTree tree;
    tree.file("f", data);
    captured = capture(*temp.store, tree);
    pack = std::ranges::max(temp.packs(), {}, [](const fs::path& path) { return fs::file_size(path); });
  }
};

// Two captures at once have stored the changed file: one by itself, one as a difference from what it was
// before.
template <typename AnyStore>
struct TwoCopies {
  AnyStore temp;
  std::string data = noise(40'000);
  std::vector<Snapshot> snapshots;

  TwoCopies() {
    FakeTree before, now;
    before.file("f", data);
    data[20'000] ^= 1;
    now.file("f", data);
    now.nodes[1].mtime_ns += 1000;
    const auto first = capture(*temp.store, before);
    const auto one = temp.open(), other = temp.open();
    base::NoProgress progress;
    std::vector<Skipped> skipped;
    const auto by_itself = one->begin(progress), as_difference = other->begin(progress);
    by_itself->put_tree("tree", now, nullptr, skipped);
    as_difference->put_tree("tree", now, &first.tree(), skipped);
    for (const auto& writer : {by_itself.get(), as_difference.get()})
      snapshots.push_back(writer->commit({{"number", snapshots.size()}}, base::from_ns(1)));
  }

  // An octet in the middle of the frame that the copy stands in.
  void damage(bool is_difference) const {
    for (const fs::path& pack : temp.packs()) {
      for (const PackEntry& entry : scan_whole(pack, *temp.root().seal).entries) {
        if (entry.size > 1000 && is_difference == (entry.depth > 0) && is_of_changed(entry.id))
          return flip_byte(pack, std::uint64_t{entry.frame_offset} + entry.frame_bytes / 2);
      }
    }
    FAIL("there is no such copy");
  }
  bool is_of_changed(const Hash& id) const { return temp.root().seal->id_of(as_bytes(data)) == id; }
  bool restores() const {
    const auto store = temp.open();
    return std::ranges::all_of(snapshots, [&](const Snapshot& snapshot) {
      return read_all(*store->open_file(*snapshot.layer("tree"), "f")) == data;
    });
  }
};

base::ErrorKind listing_error(const TempStore& temp, ByteView block, std::size_t entries) {
  const Layer layer = plant_tree(temp.path(), block, static_cast<std::uint32_t>(entries));
  return error_kind([&] { temp.open()->list_tree(layer); });
}

// With a root before them.
bool is_corrupt(const TempStore& temp, std::vector<Entry> entries) {
  entries.insert(entries.begin(), entry_at("", NodeType::directory));
  return listing_error(temp, block_of(entries), entries.size()) == base::ErrorKind::corrupt;
}

}  // namespace

TEMPLATE_TEST_CASE("a flipped byte in a chunk is never read as data, and verify names chunk and snapshots",
                   "", TempStore, SealedStore) {
  const OneFile<TestType> one;
  flip_byte(one.pack, fs::file_size(one.pack) / 2);
  const auto store = one.temp.open();
  const auto read = [&] { read_all(*store->open_file(one.captured.tree(), "f")); };
  CHECK(error_kind(read) == base::ErrorKind::corrupt);
  CHECK(error_text(read).find(one.pack.filename().string()) != std::string::npos);

  CHECK(verify(one.temp, false).problems.empty());
  const VerifyReport report = verify(one.temp, true);
  REQUIRE_FALSE(report.problems.empty());
  const std::string said = error_text(read);
  CHECK(std::ranges::any_of(report.problems, [&](const VerifyProblem& problem) {
    return problem.object.size() == 64 && said.find(problem.object) != std::string::npos;
  }));
  CHECK(snapshots_of(report) == std::set<std::string>{one.captured.snapshot.id});
}

TEMPLATE_TEST_CASE("of a chunk that is stored twice, a full verify reads both copies, and one is enough", "",
                   TempStore, SealedStore) {
  const TwoCopies<TestType> two;
  CHECK(verify(two.temp, true).problems.empty());
  two.damage(GENERATE(true, false));
  const VerifyReport report = verify(two.temp, true);
  REQUIRE_FALSE(report.problems.empty());
  for (const VerifyProblem& problem : report.problems) {
    CHECK_THAT(problem.object, Contains(" in "));
    CHECK_THAT(problem.problem, Contains("another copy"));
    CHECK(problem.snapshots.empty());
  }
  CHECK(two.restores());
}

TEMPLATE_TEST_CASE("a chunk of which both copies are damaged costs snapshots", "", TempStore, SealedStore) {
  const TwoCopies<TestType> two;
  two.damage(true);
  two.damage(false);
  CHECK(snapshots_of(verify(two.temp, true)) ==
        std::set<std::string>{two.snapshots[0].id, two.snapshots[1].id});
  const auto store = two.temp.open();
  const auto read = [&] { read_all(*store->open_file(*two.snapshots[0].layer("tree"), "f")); };
  const std::string said = error_text(read);
  CHECK_THAT(said, Contains("damaged") || Contains("cannot be unpacked") || Contains("match"));
  CHECK(error_text(read) == said);
}

TEMPLATE_TEST_CASE("a damaged object of a tree names the snapshots that share it", "", TempStore,
                   SealedStore) {
  const TestType temp;
  FakeTree tree;
  tree.directory("d").file("d/f", "kept");
  const Captured first = capture(*temp.store, tree);
  const Captured second = capture(*temp.store, tree.file("other", "x"));
  const auto packs = temp.packs();
  for (const fs::path& pack : packs) fs::resize_file(pack, 8);
  CHECK(snapshots_of(verify(temp, false)) == std::set<std::string>{first.snapshot.id, second.snapshot.id});
}

TEMPLATE_TEST_CASE("a truncated pack is found by a quick verify, and reading it is corrupt", "", TempStore,
                   SealedStore) {
  const OneFile<TestType> one;
  fs::resize_file(one.pack, fs::file_size(one.pack) / 2);
  const VerifyReport report = verify(one.temp, false);
  CHECK_FALSE(report.problems.empty());
  CHECK(error_kind([&] { restore_to(*one.temp.open(), one.captured.tree(), one.temp.dir / "out"); }) ==
        base::ErrorKind::corrupt);
}

TEMPLATE_TEST_CASE("a lost pack is found by a quick verify, and the next capture stores its content again",
                   "", TempStore, SealedStore) {
  const OneFile<TestType> one;
  fs::remove(one.pack);
  CHECK_FALSE(verify(one.temp, false).problems.empty());
  FakeTree tree;
  tree.file("f", one.data);
  const auto store = one.temp.open();
  const Captured again = capture(*store, tree, &one.captured.tree());
  CHECK(read_all(*store->open_file(again.tree(), "f")) == one.data);
}

TEMPLATE_TEST_CASE("a lost or damaged index is made again from its pack", "", TempStore, SealedStore) {
  const OneFile<TestType> one;
  const fs::path index = fs::directory_iterator(one.temp.path() / "index")->path();
  if (GENERATE(true, false)) {
    fs::remove(index);
  } else {
    flip_byte(index, 25);
    CHECK(verify(one.temp, false).problems.size() == 1);
  }
  const auto store = one.temp.open();
  CHECK(read_all(*store->open_file(one.captured.tree(), "f")) == one.data);
  base::NoProgress progress;
  store->begin(progress);
  CHECK_FALSE(fs::is_empty(one.temp.path() / "index"));
  CHECK(verify(one.temp, true).problems.empty());
}

TEMPLATE_TEST_CASE("a damaged or future manifest is refused, and does not hide the others", "", TempStore,
                   SealedStore) {
  const TestType temp;
  FakeTree tree;
  const std::string bad = capture(*temp.store, tree).snapshot.id;
  const std::string good = capture(*temp.store, tree).snapshot.id;
  const fs::path manifest = manifest_of(temp.path(), bad);
  flip_byte(manifest, fs::file_size(manifest) / 2);
  CHECK(error_kind([&] { temp.store->get(bad); }) == base::ErrorKind::corrupt);
  CHECK(temp.store->list() == std::vector<std::string>{bad, good});
  const VerifyReport report = verify(temp, false);
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].snapshots == std::vector<std::string>{bad});

  write_file(manifest, "deskloom-snapshot 3\nwhatever\n");
  CHECK(error_kind([&] { temp.store->get(bad); }) == base::ErrorKind::store_newer);
  fs::copy_file(manifest_of(temp.path(), good), manifest, fs::copy_options::overwrite_existing);
  CHECK(error_kind([&] { temp.store->get(bad); }) == base::ErrorKind::corrupt);
}

TEST_CASE("stored trees with unsafe or double paths, or fields that lie, are corrupt") {
  TempStore temp;
  for (const char* path : {"..", ".", "a/..", "/a", "a//b", ""}) CHECK(is_corrupt(temp, {entry_at(path)}));
  CHECK(is_corrupt(temp, {entry_at(std::string("a\0b", 3))}));
  CHECK(is_corrupt(temp, {entry_at("a"), entry_at("a")}));
  CHECK(is_corrupt(temp, {entry_at("b"), entry_at("a")}));
  CHECK(is_corrupt(temp, {entry_at("a"), entry_at("a/below a file")}));
  CHECK(is_corrupt(temp, {entry_at("missing/a")}));
  Entry lying = entry_at("a");
  lying.node.size = 10;
  CHECK(is_corrupt(temp, {lying}));
  CHECK(listing_error(temp, as_bytes("\x07garbage"), 1) == base::ErrorKind::corrupt);
  CHECK(listing_error(temp, block_of({entry_at("a")}), 1) == base::ErrorKind::corrupt);  // no root
  CHECK(listing_error(temp, block_of({entry_at("", NodeType::directory)}), 2) == base::ErrorKind::corrupt);
}

TEST_CASE("a tree block cut short anywhere is corrupt") {
  const Bytes whole = block_of({entry_at("name")});
  for (std::size_t size = 1; size < whole.size(); ++size) {
    CHECK(error_kind([&] { parse_block(ByteView(whole).first(size), "test"); }) == base::ErrorKind::corrupt);
  }
}

TEST_CASE("a content list that leads to itself, or is nested without end, is corrupt") {
  TempStore temp;
  ChunkStore chunks(open_root(temp.path()));
  WriteSession session(chunks);
  ChunkWriter writer(session);
  // No list can hold its own hash: what comes nearest is the same list, taken as a list of lists for ever.
  ByteWriter list;
  const Hash data = writer.put(as_bytes("data"));
  serialise(Extent{4, false, false, 0, data}, list);
  const Hash id = writer.put(list.bytes());
  writer.finish();
  session.commit();
  ChunkReader reader(chunks);
  for (const int depth : {2, 100, 255}) {
    Content content{1 << 20, static_cast<std::uint8_t>(depth), {}};
    content.extents = {{list.bytes().size(), false, false, 0, id}};
    CHECK(error_kind([&] { load_extents(content, reader); }) == base::ErrorKind::corrupt);
  }
}

TEST_CASE("bases that go round in a circle are corrupt, not endless") {
  TempStore temp;
  const Hash a = sha256(as_bytes("a")), b = sha256(as_bytes("b"));
  PackWriter pack(temp.path() / "incoming", temp.path() / "packs");
  const Bytes payload(10);
  for (const auto& [id, base] : {std::pair(a, b), std::pair(b, a)}) {
    FrameHeader header;
    header.codec = Codec::zstd;
    header.depth = 1;
    header.raw_size = 100;
    header.stored_size = 10;
    header.chunks = {{id, 100}};
    header.bases = {{base, 0, 1}};
    pack.append(header, payload);
  }
  pack.finish();
  pack.release();
  ChunkStore chunks({temp.path(), Seal::none()});
  ChunkReader reader(chunks);
  CHECK(error_kind([&] { reader.read(a); }) == base::ErrorKind::corrupt);
}
