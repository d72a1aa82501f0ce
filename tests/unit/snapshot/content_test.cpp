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
  ChunkStore store{{temp.path(), Seal::none()}};
  WriteSession session{store};
  ChunkWriter writer{session};
  ChunkReader reader{store};
};

Content write_content(Chunks& chunks, const std::string& text) {
  ContentWriter writer(chunks.writer);
  // In odd pieces: what comes out must not depend on how it came in.
  for (std::size_t from = 0; from < text.size(); from += 9001)
    writer.write(as_bytes(text.substr(from, 9001)));
  Content content = writer.finish();
  chunks.writer.finish();
  chunks.session.commit();
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
  CHECK(error_kind([&] { load_extents(longer, chunks.reader); }) == base::ErrorKind::corrupt);
  ++content.extents[0].length;
  ++content.size;
  CHECK(error_kind([&] { read_content(content, chunks.reader, 1 << 20); }) == base::ErrorKind::corrupt);
}

TEST_CASE("a content object with absurd counts is refused before anything is allocated") {
  ByteWriter out;
  out.integer(std::uint64_t{10}).integer(std::uint8_t{0}).integer(std::uint32_t{0xffffffff});
  ByteReader in(out.bytes(), "test");
  CHECK(error_kind([&] { parse_content(in); }) == base::ErrorKind::corrupt);
}

namespace {

struct SampleFrame {
  FrameHeader header;
  Bytes payload;
};

// Two chunks, as they are.
SampleFrame sample_frame(std::uint64_t seed = 1) {
  const std::string one = noise(1000, seed), two = noise(500, seed + 100);
  SampleFrame frame;
  frame.header.chunks = {{sha256(as_bytes(one)), 1000}, {sha256(as_bytes(two)), 500}};
  frame.header.raw_size = frame.header.stored_size = 1500;
  const std::string both = one + two;
  frame.payload.assign(as_bytes(both).begin(), as_bytes(both).end());
  return frame;
}

Bytes encode(const SampleFrame& frame) {
  Bytes bytes = encode_frame_header(frame.header, frame.payload);
  bytes.insert(bytes.end(), frame.payload.begin(), frame.payload.end());
  return bytes;
}

}  // namespace

TEST_CASE("a frame that unpacks to more than it says is refused") {
  Compressor compressor;
  Decompressor decompressor;
  const Bytes bomb(chunk_limit_bytes);
  const auto packed = compressor.compress(bomb, {}, bomb.size());
  REQUIRE(packed);
  Bytes room(1000);
  CHECK_FALSE(decompressor.unpack(Codec::zstd, *packed, {}, room));
}

TEST_CASE("a frame header with one wrong bit is no header; with bases, the payload counts too") {
  SampleFrame frame = sample_frame();
  const bool with_bases = GENERATE(false, true);
  if (with_bases) {
    frame.header.codec = Codec::zstd;
    frame.header.depth = 1;
    frame.header.bases = {{sha256(as_bytes("base")), 0, 4}};
  }
  const Bytes good = encode(frame);
  REQUIRE(decode_frame(good));
  const std::size_t checked = with_bases ? good.size() : frame.header.header_bytes();
  for (std::size_t i = 0; i < checked; i += i < 200 ? 1 : 31) {
    Bytes bad = good;
    bad[i] ^= std::byte{1};
    CHECK_FALSE(decode_frame(bad));
  }
  CHECK_FALSE(decode_frame(ByteView(good).first(good.size() - 1)));
}

TEST_CASE("frames whose fields contradict each other are refused") {
  const auto refused = [](const std::function<void(FrameHeader&)>& change) {
    SampleFrame frame = sample_frame();
    change(frame.header);
    return !decode_frame(encode(frame));
  };
  CHECK(refused([](FrameHeader& h) { ++h.chunks[0].size; }));
  CHECK(refused([](FrameHeader& h) { h.chunks.clear(); }));
  CHECK(refused([](FrameHeader& h) { h.depth = 1; }));                         // without bases
  CHECK(refused([](FrameHeader& h) { h.bases = {{h.chunks[0].id, 0, 1}}; }));  // at depth 0
  CHECK(refused([](FrameHeader& h) { h.codec = static_cast<Codec>(9); }));
  CHECK(refused([](FrameHeader& h) { h.raw_size = h.stored_size - 1; }));
}

TEST_CASE("a pack tells its own index, and goes on behind damage") {
  TempDir dir;
  PackWriter writer(dir.path(), dir.path());
  for (std::uint64_t i = 0; i < 5; ++i) {
    const SampleFrame frame = sample_frame(i);
    writer.append(frame.header, frame.payload);
  }
  const auto entries = writer.entries();
  REQUIRE(entries.size() == 10);
  writer.finish();
  const auto path = dir / (writer.id() + ".pack");
  const auto frame_offset = [&](std::size_t frame) { return entries[2 * frame].frame_offset; };
  flip_byte(path, frame_offset(1) + 3);    // a header
  flip_byte(path, frame_offset(3) + 500);  // a payload
  const auto fd = base::open_file(path, O_RDONLY);
  const PackScan scan = scan_pack(fd.get(), path.string(), *Seal::none());
  REQUIRE(scan.entries.size() == 6);
  CHECK(scan.entries[2].id == entries[4].id);
  CHECK(scan.entries[3].at == 1000);
  CHECK(scan.entries[4].frame_offset == frame_offset(4));
  CHECK(scan.damaged == 2);
  CHECK(scan.good_bytes == frame_offset(1));
}

TEST_CASE("an index finds every chunk and nothing else, also after many tables were merged") {
  TempDir dir;
  Index index(dir.path());
  std::vector<Hash> ids;
  for (std::uint32_t table = 0; table < 40; ++table) {
    IndexContent content;
    std::vector<PackEntry> entries;
    for (std::uint32_t i = 0; i < 100; ++i) {
      ids.push_back(sha256(as_bytes(std::to_string(table) + "/" + std::to_string(i))));
      entries.push_back({ids.back(), table, i, 7, 9});
    }
    content.add({std::string(30, '0') + std::to_string(10 + table), 123}, entries);
    index.add(std::move(content));
  }
  CHECK(index.tables().size() <= 9);
  const Index again(dir.path());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = again.find(ids[i]);
    REQUIRE(found);
    CHECK(found->entry.frame_offset == i / 100);
    CHECK(found->entry.frame_bytes == i % 100);
    CHECK(found->pack.ends_with(std::to_string(10 + i / 100)));
  }
  CHECK_FALSE(again.contains(sha256(as_bytes("unknown"))));
}

TEST_CASE("an index table with one wrong bit is not used") {
  TempDir dir;
  Index index(dir.path());
  IndexContent content;
  content.add({std::string(32, 'a'), 123}, {{sha256(as_bytes("x")), 8, 5, 0, 9}});
  index.add(std::move(content));
  const auto file = std::filesystem::directory_iterator(dir.path())->path();
  const auto size = std::filesystem::file_size(file);
  for (std::uint64_t at = 0; at < size; at += 13) {
    flip_byte(file, at);
    Index damaged(dir.path());
    damaged.drop_damaged();
    CHECK(damaged.damaged().size() == 1);
    CHECK_FALSE(damaged.contains(sha256(as_bytes("x"))));
    flip_byte(file, at);
  }
  CHECK(Index(dir.path()).contains(sha256(as_bytes("x"))));
}

TEST_CASE("an index table of chunks without packs is not used") {
  TempDir dir;
  ByteWriter out;
  out.raw(as_bytes("DLIDX")).integer(std::uint8_t{1}).integer(std::uint16_t{0});
  out.integer(std::uint32_t{0}).integer(std::uint32_t{1});
  for (int first = 0; first < 256; ++first) out.integer(std::uint32_t{1});
  const Bytes entry(52);
  const Hash head_sum = sha256(out.bytes()), sum = sha256(entry);
  out.raw(head_sum.bytes).raw(entry).raw(sum.bytes);
  write_file(dir / "table", std::string(as_text(out.bytes())));
  CHECK(IndexTable::open(dir / "table") == nullptr);
}

TEST_CASE("a changed chunk is stored as what differs, in chains that stay short, and comes back") {
  Chunks chunks;
  std::string text = noise(600'000);
  std::vector<std::pair<Content, std::string>> versions;
  for (std::size_t version = 0; version < 12; ++version) {
    ContentWriter writer(chunks.writer);
    if (!versions.empty()) writer.follow(versions.back().first);
    const std::uint64_t before = chunks.session.added_bytes();
    writer.write(as_bytes(text));
    const Content content = writer.finish();
    chunks.writer.finish();
    chunks.session.commit();
    if (version > 0) CHECK(chunks.session.added_bytes() - before < 3'000);
    for (const Extent& extent : content.extents) {
      CHECK(chunks.reader.origin_of(extent.id).depth <= max_depth);
    }
    versions.emplace_back(content, text);
    text[1000 + version * 37'000] ^= 1;
    text.insert(300'000, "x");
  }
  for (const auto& [content, expected] : versions) {
    ContentSource source(content, chunks.store);
    CHECK(read_all(source) == expected);
  }
}
