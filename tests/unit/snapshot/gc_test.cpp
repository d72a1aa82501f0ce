// SPEC A6, I1, I5: what no snapshot needs is freed, beside captures, and killed at any moment nothing else
// is.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "snapshot/chunk_store.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"
#include "support/small_disk.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

CollectReport collect(Store& store, milliseconds patience = milliseconds(0), bool dry_run = false) {
  base::NoProgress progress;
  return store.collect(patience, dry_run, progress);
}

bool is_sound(const TempStore& temp) {
  base::NoProgress progress;
  return temp.open()->verify(true, progress).problems.empty();
}

Captured capture_file(Store& store, const std::string& data, const Captured* previous = nullptr) {
  FakeTree tree;
  tree.file("f", data);
  tree.nodes[1].mtime_ns += static_cast<std::int64_t>(data.size()) * 1000;
  return capture(store, tree, previous != nullptr ? &previous->tree() : nullptr);
}

// Of one pack, most is needed by the first alone.
std::pair<Captured, Captured> capture_large_then_small(const TempStore& temp) {
  FakeTree both, small;
  both.file("large", noise(2'000'000, 1)).file("small", noise(20'000, 2));
  small.file("small", noise(20'000, 2));
  auto first = capture(*temp.store, both);
  return {std::move(first), capture(*temp.store, small)};
}

// One more copy of a chunk, as a capture makes it that finds the other one condemned.
void store_as_difference(const TempStore& temp, const std::string& data, const std::string& from) {
  ChunkStore chunks(open_root(temp.path()));
  ChunkReader reader(chunks);
  const Hash base = sha256(as_bytes(from));
  REQUIRE(reader.origin_of(base).depth == 1);
  const auto size = static_cast<std::uint32_t>(data.size());
  Compressor compressor;
  const auto payload = compressor.compress(as_bytes(data), as_bytes(from), data.size());
  FrameHeader header;
  header.codec = Codec::zstd;
  header.depth = 2;
  header.raw_size = size;
  header.stored_size = static_cast<std::uint32_t>(payload.value().size());
  header.chunks = {{sha256(as_bytes(data)), size}};
  header.bases = {{base, 0, size}};
  PackWriter pack(chunks.incoming_directory(), chunks.packs_directory());
  pack.append(header, *payload);
  pack.finish();
  pack.release();
}

std::string file_of(const TempStore& temp, const std::string& id) {
  const auto store = temp.open();
  return read_all(*store->open_file(*store->get(id).layer("tree"), "f"));
}

}  // namespace

TEST_CASE("what only a removed snapshot needed is freed, the others restore") {
  TempStore temp;
  const auto kept = capture_file(*temp.store, noise(300'000, 1));
  const auto gone = capture_file(*temp.store, noise(900'000, 2));
  temp.store->remove(gone.snapshot.id);
  const auto planned = collect(*temp.store, milliseconds(0), true);
  CHECK(planned.freed_bytes > 900'000);
  CHECK(temp.packs().size() == 2);
  const auto report = collect(*temp.store);
  CHECK(report.freed_bytes == planned.freed_bytes);
  CHECK(report.packs_removed == 1);
  CHECK(report.packs_waiting == 0);
  CHECK(temp.packs().size() == 1);
  CHECK(fs::is_empty(temp.path() / "condemned"));
  CHECK(file_of(temp, kept.snapshot.id) == noise(300'000, 1));
  CHECK(is_sound(temp));
  CHECK(collect(*temp.store).packs_removed == 0);
}

TEST_CASE("a pack that is mostly garbage is rewritten, and what is left of it restores") {
  TempStore temp;
  const auto [first, second] = capture_large_then_small(temp);
  temp.store->remove(first.snapshot.id);
  const auto report = collect(*temp.store);
  CHECK(report.packs_rewritten >= 1);
  CHECK(report.stored_bytes < 400'000);  // the frame of "small" holds neighbours too
  const auto store = temp.open();
  CHECK(read_all(*store->open_file(second.tree(), "small")) == noise(20'000, 2));
  CHECK(is_sound(temp));
}

TEST_CASE("what a delta was made against stays as long as the delta is needed") {
  TempStore temp;
  std::string data = noise(400'000, 1);
  auto previous = capture_file(*temp.store, data);
  std::vector<std::string> older;
  for (int i = 0; i < 6; ++i) {
    older.push_back(previous.snapshot.id);
    data += "x";
    data[1000] ^= 1;
    previous = capture_file(*temp.store, data, &previous);
  }
  for (const auto& id : older) temp.store->remove(id);
  collect(*temp.store);
  CHECK(file_of(temp, previous.snapshot.id) == data);
  CHECK(is_sound(temp));
}

TEST_CASE("a capture that began before the collection may name what was condemned") {
  TempStore temp;
  const auto gone = capture_file(*temp.store, noise(500'000, 1));
  const auto writing = temp.open();
  base::NoProgress progress;
  const auto writer = writing->begin(progress);
  FakeTree tree;
  tree.file("f", noise(500'000, 1));
  std::vector<Skipped> skipped;
  writer->put_tree("tree", tree, nullptr, skipped);  // finds every chunk in the store
  temp.store->remove(gone.snapshot.id);
  const auto report = collect(*temp.open());
  CHECK(report.packs_removed == 0);
  CHECK(report.packs_waiting == 1);

  const auto id = writer->commit(base::Json::object(), base::from_ns(9)).id;
  CHECK(file_of(temp, id) == noise(500'000, 1));
  CHECK(is_sound(temp));
}

TEST_CASE("a capture that begins after the collection stores condemned content again") {
  TempStore temp;
  base::NoProgress progress;
  const auto gone = capture_file(*temp.store, noise(500'000, 1));
  auto old_store = temp.open();
  auto old_writer = old_store->begin(progress);
  temp.store->remove(gone.snapshot.id);
  CHECK(collect(*temp.open()).packs_waiting == 1);

  const auto again = capture_file(*temp.open(), noise(500'000, 1));
  CHECK(again.stats.added_bytes > 500'000);
  old_writer.reset();
  const auto report = collect(*temp.open());
  CHECK(report.packs_removed == 1);
  CHECK(file_of(temp, again.snapshot.id) == noise(500'000, 1));
  CHECK(is_sound(temp));
}

TEST_CASE("a reader that opened the store before a collection reads what was moved") {
  TempStore temp;
  const auto [first, second] = capture_large_then_small(temp);
  const auto reader = temp.open();
  temp.store->remove(first.snapshot.id);
  REQUIRE(collect(*temp.store).packs_rewritten >= 1);
  CHECK(read_all(*reader->open_file(second.tree(), "small")) == noise(20'000, 2));
}

TEST_CASE("many small packs become few") {
  TempStore temp;
  std::vector<std::string> ids;
  for (std::uint64_t i = 0; i < 30; ++i)
    ids.push_back(capture_file(*temp.store, noise(5'000, i)).snapshot.id);
  REQUIRE(temp.packs().size() == 30);
  collect(*temp.store);
  CHECK(temp.packs().size() == 1);
  for (std::uint64_t i = 0; i < 30; ++i) CHECK(file_of(temp, ids[i]) == noise(5'000, i));
  CHECK(is_sound(temp));
}

TEST_CASE("a tree block that others were compressed against keeps what it leads to") {
  TempStore temp;
  std::vector<Captured> all;
  for (std::uint64_t i = 0; i < 18; ++i) {
    FakeTree tree;
    for (int j = 0; j < 30; ++j) tree.file("same " + std::to_string(j), "x");
    tree.file("f", noise(20'000, i));
    tree.nodes.back().mtime_ns += static_cast<std::int64_t>(i) * 1000;
    all.push_back(capture(*temp.store, tree, all.empty() ? nullptr : &all.back().tree()));
  }
  REQUIRE(collect(*temp.store).packs_rewritten > 0);
  for (std::uint64_t i = 0; i < 18; ++i) CHECK(file_of(temp, all[i].snapshot.id) == noise(20'000, i));
  CHECK(is_sound(temp));
}

TEST_CASE("a delta that no snapshot needs at the moment can still be read when one names it again") {
  TempStore temp;
  std::string data = noise(100'000, 1);
  FakeTree old, both, other, again;
  old.file("a", data);
  const auto first = capture(*temp.store, old);
  data[50'000] ^= 1;
  both.file("a", data).file("e", noise(300'000, 2));
  both.nodes[1].mtime_ns += 1000;
  const auto second = capture(*temp.store, both, &first.tree());
  other.file("e", noise(300'000, 2));
  capture(*temp.store, other);
  for (const auto* gone : {&first, &second}) temp.store->remove(gone->snapshot.id);
  collect(*temp.store);
  again.file("a", data);
  const auto third = capture(*temp.open(), again);
  CHECK(read_all(*temp.open()->open_file(third.tree(), "a")) == data);
  CHECK(is_sound(temp));
}

TEST_CASE("a killed writer's delta is not found again once what it was made against is gone") {
  TempStore temp;
  base::NoProgress progress;
  std::string data = noise(100'000, 1);
  const auto first = capture_file(*temp.store, data);
  FakeTree changed;
  data[50'000] ^= 1;
  changed.file("f", data).file("e", noise(2'000'000, 2));
  changed.nodes[1].mtime_ns += 1000;
  std::vector<Skipped> skipped;
  const auto writing = temp.open();
  auto writer = writing->begin(progress);
  writer->put_tree("tree", changed, &first.tree(), skipped);
  temp.store->remove(first.snapshot.id);
  CHECK(collect(*temp.open()).packs_waiting == 1);
  // Between the collection's first look, which adopts, and its last: as if killed just then.
  fs::rename(temp.path() / "incoming", temp.path() / "aside");
  fs::create_directory(temp.path() / "incoming");
  writer.reset();
  CHECK(collect(*temp.open()).packs_removed == 1);
  fs::remove(temp.path() / "incoming");
  fs::rename(temp.path() / "aside", temp.path() / "incoming");
  const auto again = capture(*temp.open(), changed);
  CHECK(again.stats.added_bytes < 1'500'000);  // most of "e" was taken over
  CHECK(read_all(*temp.open()->open_file(again.tree(), "f")) == data);
  CHECK(is_sound(temp));
}

TEST_CASE("what was stored again after its pack was lost is found there, and stays") {
  TempStore temp;
  const auto first = capture_file(*temp.store, noise(100'000, 1));
  fs::remove(temp.packs().at(0));
  const auto second = capture_file(*temp.open(), noise(100'000, 1));
  for (const auto* captured : {&first, &second})
    CHECK(file_of(temp, captured->snapshot.id) == noise(100'000, 1));
  collect(*temp.open());
  CHECK(file_of(temp, second.snapshot.id) == noise(100'000, 1));
  CHECK(is_sound(temp));
}

TEST_CASE("of a chunk that is stored twice, that copy stays which is not a difference from what needs it") {
  for (std::uint64_t round = 0; round < 8; ++round) {  // which table is asked first is up to its name
    TempStore temp;
    std::string old_data = noise(12'000, round), new_data = old_data;
    new_data[6'000] ^= 1;
    const auto first = capture_file(*temp.store, old_data);
    FakeTree changed;
    changed.file("f", new_data);
    const auto second = capture(*temp.store, changed, &first.tree());
    store_as_difference(temp, old_data, new_data);
    temp.store->remove(first.snapshot.id);
    collect(*temp.open());
    CHECK(file_of(temp, second.snapshot.id) == new_data);
    CHECK(is_sound(temp));
  }
}

TEST_CASE("a full disk can be collected") {
  if (!SmallDisk::possible()) return;
  const SmallDisk disk("8m");
  const fs::path path = disk.path() / "store";
  Store::init(path);
  std::vector<Captured> kept;
  Captured gone;
  {
    const auto store = Store::open(path);
    gone = capture_file(*store, noise(3'000'000, 99));
    // Enough for a table that covers the removed pack and others.
    for (std::uint64_t i = 0; i < 12; ++i) kept.push_back(capture_file(*store, noise(20'000 + i, i)));
    store->remove(gone.snapshot.id);
    CHECK(error_kind([&] { capture_file(*store, noise(8'000'000, 5)); }) == base::ErrorKind::no_space);
  }
  disk.fill();
  const auto store = Store::open(path);
  CHECK(collect(*store).freed_bytes > 2'900'000);
  CHECK_NOTHROW(capture_file(*store, noise(2'000'000, 7)));
  for (std::uint64_t i = 0; i < kept.size(); ++i)
    CHECK(read_all(*store->open_file(kept[i].tree(), "f")) == noise(20'000 + i, i));
  base::NoProgress progress;
  CHECK(store->verify(true, progress).problems.empty());
}

TEST_CASE("a damaged store is not collected") {
  TempStore temp;
  const auto captured = capture_file(*temp.store, noise(100'000, 1));
  for (const auto& pack : temp.packs()) fs::remove(pack);
  const auto other = capture_file(*temp.open(), noise(100'000, 2));
  CHECK(error_kind([&] { collect(*temp.open()); }) == base::ErrorKind::corrupt);
  CHECK(file_of(temp, other.snapshot.id) == noise(100'000, 2));
}

TEST_CASE("captures, removals and collections at once, killed at any moment, lose no snapshot that stays") {
  TempStore temp;
  const auto child_of = [](const std::function<void()>& body) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child != 0) return child;
    try {
      for (;;) body();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "child: %s\n", e.what());
      ::_exit(1);
    }
  };
  std::mt19937 random(11);
  for (std::uint64_t round = 0; round < 8; ++round) {
    std::uint64_t seed = round * 1000;
    const pid_t capturer = child_of([&] {
      const auto store = temp.open();
      ++seed;
      FakeTree tree;
      tree.file("f", noise(400'000, seed % 5)).file("seed", std::to_string(seed % 5));
      capture(*store, tree);
    });
    const pid_t collector = child_of([&] {
      const auto store = temp.open();
      const auto ids = store->list();
      if (ids.size() > 2) store->remove(ids.front());
      collect(*store, milliseconds(30));
    });
    std::this_thread::sleep_for(milliseconds(100 + random() % 150));
    for (const pid_t child : {capturer, collector}) {
      int status = 0;
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      CHECK(WIFSIGNALED(status));  // neither had ended with an error
    }
    CHECK(is_sound(temp));
  }
  const auto store = temp.open();
  collect(*store);
  REQUIRE_FALSE(store->list().empty());
  for (const auto& id : store->list()) {
    const Layer layer = *store->get(id).layer("tree");
    const auto seed = std::stoull(read_all(*store->open_file(layer, "seed")));
    CHECK(read_all(*store->open_file(layer, "f")) == noise(400'000, seed));
  }
  CHECK(is_sound(temp));
}
