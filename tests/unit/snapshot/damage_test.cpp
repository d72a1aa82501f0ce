// Stored data that is damaged or forged: always Error(corrupt) or found by verify, never a crash or wrong
// data.
#include <set>

#include "base/error.hpp"
#include "hostile_trees.hpp"
#include "snapshot/index.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace fs = std::filesystem;

namespace {

VerifyReport verify(const TempStore& temp, bool full) {
  base::NoProgress progress;
  return temp.open()->verify(full, progress);
}

// A store with one incompressible file in one pack.
struct OneFile {
  TempStore temp;
  std::string data = noise(40'000);
  Captured captured;
  fs::path pack;
  OneFile() {
    FakeTree tree;
    tree.file("f", data);
    captured = capture(*temp.store, tree);
    pack = temp.packs().at(0);
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

TEST_CASE("a flipped byte in a chunk is never read as data, and verify names chunk and snapshots") {
  OneFile one;
  flip_byte(one.pack, 1000);
  const auto store = one.temp.open();
  const auto read = [&] { read_all(*store->open_file(one.captured.tree(), "f")); };
  CHECK(error_kind(read) == base::ErrorKind::corrupt);
  CHECK(error_text(read).find(one.pack.filename().string()) != std::string::npos);

  CHECK(verify(one.temp, false).problems.empty());
  const VerifyReport report = verify(one.temp, true);
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].object.size() == 64);
  CHECK(error_text(read).find(report.problems[0].object) != std::string::npos);
  CHECK(report.problems[0].snapshots == std::vector<std::string>{one.captured.snapshot.id});
}

TEST_CASE("a damaged object of a tree names the snapshots that share it") {
  TempStore temp;
  FakeTree tree;
  tree.directory("d").file("d/f", "kept");
  const Captured first = capture(*temp.store, tree);
  const Captured second = capture(*temp.store, tree.file("other", "x"));
  const auto packs = temp.packs();
  for (const fs::path& pack : packs) fs::resize_file(pack, 8);
  const VerifyReport report = verify(temp, false);
  std::set<std::string> affected;
  for (const VerifyProblem& problem : report.problems)
    affected.insert(problem.snapshots.begin(), problem.snapshots.end());
  CHECK(affected == std::set<std::string>{first.snapshot.id, second.snapshot.id});
}

TEST_CASE("a truncated pack is found by a quick verify, and reading it is corrupt") {
  OneFile one;
  fs::resize_file(one.pack, fs::file_size(one.pack) / 2);
  const VerifyReport report = verify(one.temp, false);
  CHECK_FALSE(report.problems.empty());
  CHECK(error_kind([&] { restore_to(*one.temp.open(), one.captured.tree(), one.temp.dir / "out"); }) ==
        base::ErrorKind::corrupt);
}

TEST_CASE("a lost pack is found by a quick verify, and the next capture stores its content again") {
  OneFile one;
  fs::remove(one.pack);
  CHECK_FALSE(verify(one.temp, false).problems.empty());
  FakeTree tree;
  tree.file("f", one.data);
  const auto store = one.temp.open();
  const Captured again = capture(*store, tree, &one.captured.tree());
  CHECK(read_all(*store->open_file(again.tree(), "f")) == one.data);
}

TEST_CASE("a lost or damaged index is made again from its pack") {
  OneFile one;
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

TEST_CASE("a damaged or future manifest is refused, and does not hide the others") {
  TempStore temp;
  FakeTree tree;
  const std::string bad = capture(*temp.store, tree).snapshot.id;
  const std::string good = capture(*temp.store, tree).snapshot.id;
  const fs::path manifest = temp.path() / "snapshots" / bad;
  flip_byte(manifest, fs::file_size(manifest) / 2);
  CHECK(error_kind([&] { temp.store->get(bad); }) == base::ErrorKind::corrupt);
  CHECK(temp.store->list() == std::vector<std::string>{bad, good});
  const VerifyReport report = verify(temp, false);
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].snapshots == std::vector<std::string>{bad});

  write_file(manifest, "deskloom-snapshot 3\nwhatever\n");
  CHECK(error_kind([&] { temp.store->get(bad); }) == base::ErrorKind::store_newer);
  fs::copy_file(temp.path() / "snapshots" / good, manifest, fs::copy_options::overwrite_existing);
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
