// Chunks, packs and indexes by themselves.
#include <fcntl.h>

#include <set>

#include "base/error.hpp"
#include "snapshot/chunker.hpp"
#include "snapshot/content.hpp"
#include "snapshot/index.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace {

std::vector<Hash> chunk_ids(const std::string& text) {
  std::vector<Hash> ids;
  ByteView rest = as_bytes(text);
  while (!rest.empty()) {
    const std::size_t size = first_chunk_size(rest);
    ids.push_back(sha256(rest.first(size)));
    rest = rest.subspan(size);
  }
  return ids;
}

struct Chunks {
  TempStore temp;
  ChunkStore store{temp.path()};
  WriteStats stats;
  ChunkWriter writer{store, stats};
};

Content write_content(Chunks& chunks, const std::string& text) {
  ContentWriter writer(chunks.writer);
  // In odd pieces: what comes out must not depend on how it came in.
  for (std::size_t from = 0; from < text.size(); from += 9001)
    writer.write(as_bytes(text.substr(from, 9001)));
  Content content = writer.finish();
  chunks.writer.finish();
  return content;
}

}  // namespace

TEST_CASE("SHA-256 is the standard's") {
  CHECK(to_hex(sha256(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(parse_hash(to_hex(sha256(as_bytes("abc"))), "test") == sha256(as_bytes("abc")));
  CHECK(error_kind([] { parse_hash("ABCD", "test"); }) == base::ErrorKind::corrupt);
}

TEST_CASE("chunks keep to their limits and average about 64 KiB") {
  const std::string text = noise(16 << 20);
  ByteView rest = as_bytes(text);
  std::size_t count = 0;
  while (rest.size() > max_chunk_bytes) {
    const std::size_t size = first_chunk_size(rest);
    REQUIRE(size >= min_chunk_bytes);
    REQUIRE(size <= max_chunk_bytes);
    rest = rest.subspan(size);
    ++count;
  }
  CHECK(text.size() / count > average_chunk_bytes / 2);
  CHECK(text.size() / count < average_chunk_bytes * 2);
}

TEST_CASE("where content is cut never changes, or nothing stored would be shared any more") {
  const std::string text = noise(2 << 20);
  ByteView rest = as_bytes(text);
  std::vector<std::size_t> sizes;
  while (sizes.size() < 4) {
    sizes.push_back(first_chunk_size(rest));
    rest = rest.subspan(sizes.back());
  }
  CHECK(sizes == std::vector<std::size_t>{76486, 65967, 74768, 84680});
}

TEST_CASE("an insertion changes the chunks around it only") {
  const std::string text = noise(8 << 20);
  std::string changed = text;
  changed.insert(4 << 20, "something new");
  const std::vector<Hash> before = chunk_ids(text);
  const std::set<Hash> known(before.begin(), before.end());
  std::size_t fresh = 0;
  for (const Hash& id : chunk_ids(changed)) fresh += known.contains(id) ? 0U : 1U;
  CHECK(fresh >= 1);
  CHECK(fresh <= 4);
}

TEST_CASE("content comes back byte for byte, whatever its size") {
  Chunks chunks;
  for (const std::size_t size : {0UL, 1UL, 4095UL, 4096UL, 4097UL, 16384UL, 300'000UL, 5'000'000UL}) {
    const std::string text = noise(size, size);
    ContentSource source(write_content(chunks, text), chunks.store);
    CHECK(read_all(source) == text);
  }
}

TEST_CASE("long aligned runs of zeros are holes, short ones are data") {
  Chunks chunks;
  const std::string text =
      noise(8192) + std::string(1 << 20, '\0') + noise(100, 2) + std::string(5000, '\0') + "x";
  const Content content = write_content(chunks, text);
  REQUIRE(content.extents.size() == 3);
  CHECK(content.extents[1] == Extent{1 << 20, true, {}});
  ContentSource source(content, chunks.store);
  CHECK(read_all(source) == text);
}

TEST_CASE("a told hole is stored as the same zeros would be") {
  Chunks chunks;
  const std::string head = noise(1000);
  ContentWriter writer(chunks.writer);
  writer.write(as_bytes(head));
  writer.hole(1'000'000);
  writer.write(as_bytes("end"));
  const Content told = writer.finish();
  CHECK(told == write_content(chunks, head + std::string(1'000'000, '\0') + "end"));
}

TEST_CASE("a long list of chunks is cut into chunks too") {
  Chunks chunks;
  const std::string text = noise(20 << 20);
  const Content content = write_content(chunks, text);
  CHECK(content.depth == 1);
  CHECK(content.extents.size() <= 8);
  CHECK(content.size == text.size());
  ContentSource source(content, chunks.store);
  CHECK(read_all(source) == text);
}

TEST_CASE("extents that lie about their size are corrupt") {
  Chunks chunks;
  Content content = write_content(chunks, noise(100'000));
  Content longer = content;
  ++longer.size;
  CHECK(error_kind([&] { load_extents(longer, chunks.store); }) == base::ErrorKind::corrupt);
  ++content.extents[0].length;
  ++content.size;
  CHECK(error_kind([&] { read_content(content, chunks.store, 1 << 20); }) == base::ErrorKind::corrupt);
}

TEST_CASE("a content object with absurd counts is refused before anything is allocated") {
  ByteWriter out;
  out.integer(std::uint64_t{10}).integer(std::uint8_t{0}).integer(std::uint32_t{0xffffffff});
  ByteReader in(out.bytes(), "test");
  CHECK(error_kind([&] { parse_content(in); }) == base::ErrorKind::corrupt);
}

TEST_CASE("a record that unpacks to more than it says is refused") {
  Compressor compressor;
  Decompressor decompressor;
  const Bytes bomb(chunk_limit_bytes);
  const auto packed = compressor.compress(bomb);
  REQUIRE(packed);
  const RecordHeader header{Codec::zstd, 1000, static_cast<std::uint32_t>(packed->size()), sha256(bomb)};
  CHECK_FALSE(decode_payload(header, *packed, decompressor));
}

TEST_CASE("a record header with one wrong bit is no header") {
  const Bytes good = encode_record_header({Codec::raw, 10, 10, sha256(as_bytes("x"))});
  REQUIRE(good.size() == record_header_bytes);
  CHECK(decode_record_header(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= std::byte{1};
    CHECK_FALSE(decode_record_header(bad));
  }
}

TEST_CASE("a pack tells its own index, and goes on behind damage") {
  TempDir dir;
  PackWriter writer(dir.path());
  for (int i = 0; i < 5; ++i) {
    const std::string text = noise(2000, static_cast<std::uint64_t>(i));
    writer.append(sha256(as_bytes(text)), as_bytes(text));
  }
  const auto entries = writer.entries();
  const auto path = dir / (writer.finish() + ".pack");
  flip_byte(path, entries[1].offset + 3);                        // a header
  flip_byte(path, entries[3].offset + record_header_bytes + 7);  // a payload
  const auto fd = base::open_file(path, O_RDONLY);
  const PackScan scan = scan_pack(fd.get(), path.string());
  REQUIRE(scan.entries.size() == 3);
  CHECK(scan.entries[1].id == entries[2].id);
  CHECK(scan.entries[2].offset == entries[4].offset);
  CHECK(scan.damaged == 2);
  CHECK(scan.good_bytes == entries[1].offset);
}

TEST_CASE("an index with one wrong bit is not used") {
  TempDir dir;
  write_index(dir / "a.idx", {123, {{sha256(as_bytes("x")), 8, 5, 9}}});
  const auto index = read_index(dir / "a.idx");
  REQUIRE(index);
  CHECK(index->pack_size == 123);
  CHECK(index->entries.at(0).raw_size == 9);
  flip_byte(dir / "a.idx", 30);
  CHECK_FALSE(read_index(dir / "a.idx"));
  CHECK_FALSE(read_index(dir / "none.idx"));
}
