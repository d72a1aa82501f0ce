// Encrypted stores: everything works as in others, nothing of what is in them shows, no change goes
// unnoticed.
#include "sealed_store.hpp"
#include "snapshot/hash.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;
using test::Contains;
namespace fs = std::filesystem;

namespace {

CollectReport collect(Store& store) {
  base::NoProgress progress;
  return store.collect(std::chrono::milliseconds(0), false, progress);
}

std::string file_of(const Store& store, const Captured& captured, const std::string& path) {
  return read_all(*store.open_file(captured.tree(), path));
}

bool is_noticed(const SealedStore& sealed) {
  try {
    return !sealed.is_sound();
  } catch (const base::Error&) {
    return true;
  }
}

// Flips a byte at each step of the file and looks whether the store is found out.
void check_each_flip(const SealedStore& sealed, const fs::path& file, std::uint64_t from,
                     std::uint64_t step) {
  for (std::uint64_t at = from; at < fs::file_size(file); at += step) {
    CAPTURE(file, at);
    flip_byte(file, at);
    CHECK(is_noticed(sealed));
    flip_byte(file, at);
  }
  CHECK(sealed.is_sound());
}

}  // namespace

TEST_CASE("an encrypted store gives back trees and streams, changed ones too") {
  const SealedStore sealed;
  auto first_tree = secret_tree(1), second_tree = secret_tree(2);
  const auto first = capture(*sealed.store, first_tree);
  const auto second = capture(*sealed.store, second_tree, &first.tree());
  CHECK(second.stats.added_bytes < 20'000);  // as a difference
  const auto store = sealed.open();
  CHECK(file_of(*store, first, "video") == first_tree.contents["video"]);
  CHECK(file_of(*store, second, "video") == second_tree.contents["video"]);
  CHECK(file_of(*store, second, "private/salaries.txt") == "nobody may read this sentence 2");
  CHECK(store->get(second.snapshot.id).metadata["user"] == "anna");
  CHECK(store->diff(first.tree(), second.tree()).size() == 2);
  CHECK(sealed.is_sound());
  restore_to(*store, second.tree(), sealed.dir / "back");
  CHECK(read_text(sealed.dir / "back/video") == second_tree.contents["video"]);
}

TEST_CASE("an encrypted store gives back pages, and differences between them") {
  const SealedStore sealed;
  std::string memory = noise(600'000);
  const Layer* previous = nullptr;
  Layer layer;
  for (int step = 0; step < 3; ++step) {
    memory.replace(100'000 * static_cast<std::size_t>(step), 4, "step");
    write_file(sealed.dir / "memory", memory);
    base::NoProgress progress;
    const auto writer = sealed.store->begin(progress);
    layer = writer->put_image("memory", *local_image(sealed.dir / "memory"), previous);
    writer->commit(base::Json::object(), base::Timestamp{});
    if (step > 0) CHECK(writer->stats().added_bytes < 30'000);
    previous = &layer;
  }
  CHECK(read_all(*sealed.open()->open_stream(layer)) == memory);
  CHECK(sealed.is_sound());
}

TEST_CASE("an encrypted store is collected, and what is left of it restores") {
  const SealedStore sealed;
  FakeTree both, small;
  both.file("large", noise(2'000'000, 1)).file("small", noise(20'000, 2));
  small.file("small", noise(20'000, 2));
  const auto first = capture(*sealed.store, both);
  const auto second = capture(*sealed.store, small);
  sealed.store->remove(first.snapshot.id);
  CHECK(collect(*sealed.store).packs_rewritten >= 1);
  CHECK(file_of(*sealed.open(), second, "small") == noise(20'000, 2));
  CHECK(sealed.is_sound());
}

TEST_CASE("the index of an encrypted store is made again from its packs") {
  const SealedStore sealed;
  auto tree = secret_tree();
  const auto captured = capture(*sealed.store, tree);
  for (const auto& entry : fs::directory_iterator(sealed.path() / "index")) fs::remove(entry);
  CHECK(file_of(*sealed.open(), captured, "video") == tree.contents["video"]);
  CHECK(capture(*sealed.open(), tree).stats.new_chunks == 0);
}

TEST_CASE("no name, content, user or plain hash of content shows in an encrypted store's files") {
  const SealedStore sealed;
  auto tree = secret_tree();
  capture(*sealed.store, tree);
  const Hash known = sha256(as_bytes("known everywhere"));
  const std::string video = tree.contents["video"];
  for (const auto& file : sealed.files()) {
    CAPTURE(file);
    const std::string bytes = read_text(file);
    for (const std::string& secret :
         {std::string("salaries"), std::string("private"), std::string("sentence"), std::string("everywhere"),
          std::string("anna"), std::string("\"layers\""), std::string(as_text(known.bytes)), to_hex(known),
          video.substr(1'000, 16), video.substr(200'000, 16)}) {
      CHECK(bytes.find(secret) == std::string::npos);
    }
  }
}

TEST_CASE("the same content is named differently in two encrypted stores, and equally in one") {
  const SealedStore one, other;
  auto tree = secret_tree();
  const auto first = capture(*one.store, tree);
  const auto second = capture(*other.store, tree);
  CHECK(first.tree().root != second.tree().root);
  CHECK(capture(*one.store, tree).tree().root == first.tree().root);
}

TEST_CASE("an encrypted store opens with its key alone") {
  const SealedStore sealed;
  const auto wrong = key_file(sealed.dir / "wrong", random_key('b'));
  CHECK(error_kind([&] { Store::open(sealed.path()); }) == base::ErrorKind::no_key);
  CHECK(error_kind([&] { Store::open(sealed.path(), wrong); }) == base::ErrorKind::no_key);
  const auto text = error_text([&] { Store::open(sealed.path(), wrong); });
  CHECK_THAT(text, Contains(sealed.path().string()));
  CHECK_THAT(text, Contains((sealed.dir / "wrong").string()));
  CHECK_THAT(error_text([&] { Store::open(sealed.path(), {sealed.dir / "none", {}}); }), Contains("none"));
}

TEST_CASE("a plain store opens whatever key is given, and is as it always was") {
  const TempStore plain;
  CHECK_NOTHROW(Store::open(plain.path(), {"/nowhere", {}}));
  CHECK(read_text(plain.path() / "format") == "deskloom-snapshot-store 4\n");
  CHECK_FALSE(fs::exists(plain.path() / "key"));
}

TEST_CASE("a byte that changes anywhere in a pack of an encrypted store is noticed") {
  const SealedStore sealed;
  FakeTree tree;
  tree.file("a", std::string(500, 'a') + noise(200));
  capture(*sealed.store, tree);
  for (const auto& pack : fs::directory_iterator(sealed.path() / "packs"))
    check_each_flip(sealed, pack.path(), 8, 3);
}

TEST_CASE(
    "a byte that changes anywhere in a manifest, the key or the format of an encrypted store is noticed") {
  const SealedStore sealed;
  FakeTree tree;
  tree.file("a", "a");
  const auto captured = capture(*sealed.store, tree);
  check_each_flip(sealed, manifest_of(sealed.path(), captured.snapshot.id), 0, 5);
  check_each_flip(sealed, sealed.path() / "key", 0, 1);
  check_each_flip(sealed, sealed.path() / "format", 0, 1);
}

TEST_CASE("a frame that is not sealed is no part of an encrypted store, nor a sealed one of a plain store") {
  const SealedStore sealed;
  const TempStore plain;
  auto tree = secret_tree();
  const auto in_sealed = capture(*sealed.store, tree);
  const auto in_plain = capture(*plain.store, tree);
  const auto swap = [](const fs::path& from, const fs::path& to) {
    for (const char* part : {"packs", "index"})
      fs::copy(from / part, to / part, fs::copy_options::recursive | fs::copy_options::skip_existing);
  };
  swap(plain.path(), sealed.path());
  swap(sealed.path(), plain.path());
  CHECK(error_kind([&] { file_of(*sealed.open(), in_plain, "video"); }) == base::ErrorKind::corrupt);
  CHECK(error_kind([&] { file_of(*plain.open(), in_sealed, "video"); }) == base::ErrorKind::corrupt);
}
