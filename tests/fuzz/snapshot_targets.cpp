#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "fuzz/expect.hpp"
#include "snapshot/content.hpp"
#include "snapshot/index.hpp"
#include "snapshot/manifest.hpp"
#include "snapshot/pack.hpp"
#include "snapshot/tree_check.hpp"
#include "snapshot/tree_object.hpp"

namespace deskloom::test {
namespace {

using namespace snapshot;
using base::ErrorKind;

std::string text(const Bytes& bytes) { return std::string(as_text(bytes)); }

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

// Checksums would keep a fuzzer out: they are made right before the parser sees them. Where the header and
// the payload of a frame end is computed here a second time, from the grammar.
void mend_frames(Bytes& bytes, std::size_t at) {
  while (at + frame_fixed_bytes <= bytes.size()) {
    const auto u16 = [&](std::size_t i) {
      return std::to_integer<std::size_t>(bytes[at + i]) | std::to_integer<std::size_t>(bytes[at + i + 1])
                                                               << 8;
    };
    const std::size_t chunks = u16(6), bases = u16(8);
    const std::size_t stored = u16(16) | u16(18) << 16;
    const std::size_t table = frame_fixed_bytes + chunks * chunk_entry_bytes + bases * base_entry_bytes;
    if (table + frame_check_bytes + stored > bytes.size() - at) return;
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    Bytes checked(from, from + static_cast<std::ptrdiff_t>(table));
    const auto payload = from + static_cast<std::ptrdiff_t>(table + frame_check_bytes);
    if (bases > 0) checked.insert(checked.end(), payload, payload + static_cast<std::ptrdiff_t>(stored));
    const Hash check = sha256(checked);
    std::copy_n(check.bytes.begin(), frame_check_bytes, from + static_cast<std::ptrdiff_t>(table));
    at += table + frame_check_bytes + stored;
  }
}

std::string a_frame(const std::string& data, bool with_base) {
  FrameHeader header;
  header.chunks = {{sha256(as_bytes(data)), static_cast<std::uint32_t>(data.size())}};
  header.raw_size = static_cast<std::uint32_t>(data.size());
  Compressor compressor;
  Bytes payload(as_bytes(data).begin(), as_bytes(data).end());
  if (const auto packed = compressor.compress(payload, {}, payload.size())) {
    header.codec = Codec::zstd;
    payload.assign(packed->begin(), packed->end());
  }
  if (with_base) {
    header.bases = {{sha256(as_bytes("base")), 0, 4}};
    header.depth = 1;
  }
  header.stored_size = static_cast<std::uint32_t>(payload.size());
  return text(encode_frame_header(header, payload)) + text(payload);
}

bool run_frame(Input input) {
  Bytes bytes(input.begin(), input.end());
  mend_frames(bytes, 0);
  const auto header = decode_frame(bytes);
  if (!header) return false;
  require(header->frame_bytes() <= bytes.size(), "a frame that goes past its end");
  for (const PackEntry& entry : entries_of(*header, 0)) {
    require(entry.at + std::uint64_t{entry.size} <= header->raw_size, "a chunk outside its frame");
  }
  return true;
}

std::vector<std::string> frame_seeds() {
  return {a_frame(std::string(500, 'a'), false), a_frame(std::string(500, 'b'), true)};
}

bool run_pack(Input input) {
  Bytes bytes(input.begin(), input.end());
  mend_frames(bytes, pack_header_bytes);
  const MemoryFile file(bytes);
  const PackScan scan = scan_pack(file.fd(), "pack", *Seal::none());
  require(scan.good_bytes <= bytes.size(), "a pack longer than it is");
  for (const PackEntry& entry : scan.entries) {
    require(entry.frame_offset + std::uint64_t{entry.frame_bytes} <= bytes.size(),
            "a chunk past the pack's end");
  }
  return !scan.entries.empty();
}

std::vector<std::string> pack_seeds() {
  const std::string header = text(ByteWriter().raw(as_bytes("DLPACK")).integer(pack_version).bytes());
  return {header + a_frame(std::string(300, 'a'), false) + a_frame("short", false) +
          a_frame(std::string(300, 'c'), true)};
}

constexpr std::size_t index_fixed_bytes = 16;
constexpr std::size_t index_pack_bytes = 24;
constexpr std::size_t index_fanout_bytes = 1024;

void mend_index(Bytes& bytes) {
  if (bytes.size() < index_fixed_bytes) return;
  std::uint32_t packs = 0;
  std::memcpy(&packs, &bytes[8], sizeof packs);
  const std::uint64_t head = index_fixed_bytes + std::uint64_t{packs} * index_pack_bytes + index_fanout_bytes;
  if (head + sizeof(Hash) > bytes.size()) return;
  const Hash sum = sha256(ByteView(bytes).first(head));
  std::ranges::copy(sum.bytes, bytes.begin() + static_cast<std::ptrdiff_t>(head));
}

bool run_index(Input input) {
  Bytes bytes(input.begin(), input.end());
  mend_index(bytes);
  const MemoryFile file(bytes);
  const auto table = IndexTable::open(file.path());
  if (!table) return false;
  table->is_whole();
  for (std::uint32_t i = 0; i < std::min(table->size(), 200U); ++i) {
    const IndexedChunk chunk = table->at(i);
    require(chunk.pack < table->packs().size(), "a chunk in a pack that the table does not have");
    table->range_of(chunk.entry.id);
  }
  for (unsigned first = 0; first < 256; ++first) {
    Hash id{};
    id.bytes[0] = static_cast<std::byte>(first);
    table->range_of(id);
  }
  return true;
}

std::vector<std::string> index_seeds() {
  const auto id = [](const char* data) { return sha256(as_bytes(data)); };
  ByteWriter head;
  head.raw(as_bytes("DLIDX")).integer(std::uint8_t{1}).integer(std::uint16_t{0});
  head.integer(std::uint32_t{1}).integer(std::uint32_t{1});
  head.raw(Bytes(16)).integer(std::uint64_t{1000});
  const Hash only = id("chunk");
  for (unsigned first = 0; first < 256; ++first)
    head.integer(std::uint32_t{first >= std::to_integer<unsigned>(only.bytes[0]) ? 1U : 0U});
  ByteWriter entries;
  entries.raw(only.bytes).integer(std::uint32_t{0}).integer(std::uint32_t{8}).integer(std::uint32_t{100});
  entries.integer(std::uint32_t{0}).integer(std::uint32_t{50});
  const Hash head_sum = sha256(head.bytes()), sum = sha256(entries.bytes());
  head.raw(head_sum.bytes).raw(entries.bytes()).raw(sum.bytes);
  return {text(head.bytes())};
}

// The input is the JSON; what comes before it is made.
bool run_manifest(Input input) {
  const std::string whole =
      "deskloom-snapshot 1\n" + to_hex(sha256(input)) + "\n" + std::string(text_of(input));
  bool taken = accepts({ErrorKind::corrupt, ErrorKind::store_newer}, [&] {
    Snapshot snapshot = decode_manifest(whole, "manifest", *Seal::none());
    encode_manifest(snapshot, *Seal::none());
  });
  accepts({ErrorKind::corrupt, ErrorKind::store_newer},
          [&] { decode_manifest(std::string(text_of(input)), "manifest", *Seal::none()); });
  return taken;
}

std::vector<std::string> manifest_seeds() {
  Snapshot snapshot;
  snapshot.layers = {{"tree", "tree", to_hex(sha256({})), 10, 2, 3},
                     {"profile", "stream", to_hex(sha256({})), 1, 0, 0}};
  snapshot.metadata = {{"user", "anna"}, {"skipped", base::Json::array()}};
  const std::string whole = encode_manifest(snapshot, *Seal::none());
  return {whole.substr(whole.find('{'))};
}

Content some_content() {
  Content content{5000, 0, {}};
  content.extents = {{1000, false, false, 0, sha256(as_bytes("a"))},
                     {2000, true, false, 0, {}},
                     {2000, false, true, 512, sha256(as_bytes("b"))}};
  return content;
}

bool run_content(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    ByteReader in(input, "content");
    const Content content = parse_content(in);
    ByteWriter out;
    serialise(content, out);
    require(std::ranges::equal(out.bytes(), input.first(input.size() - in.left())), "content that changes");
  });
}

std::vector<std::string> content_seeds() {
  ByteWriter out;
  serialise(some_content(), out);
  return {text(out.bytes())};
}

bool run_tree_block(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    TreeShape shape;
    for (const Entry& entry : parse_block(input, "block")) {
      require(entry.node.path.empty() || is_safe_path(entry.node.path), "a path that is not safe");
      shape.problem(entry.node);
    }
  });
}

std::vector<std::string> tree_block_seeds() {
  ByteWriter out;
  Entry root{{"", NodeType::directory, 0755}, {}}, file{{"a", NodeType::file, 0644}, some_content()};
  Entry link{{"ab", NodeType::symlink, 0777}, {}};
  file.node.size = file.content.size;
  file.node.xattrs = {{"user.note", "value"}};
  link.node.target = "a";
  serialise(root, "", out);
  serialise(file, "", out);
  serialise(link, "a", out);
  return {text(out.bytes())};
}

bool run_block_list(Input input) {
  return accepts({ErrorKind::corrupt}, [&] { parse_list(input, "list"); });
}

std::vector<std::string> block_list_seeds() {
  return {text(serialise(
      std::vector<BlockRef>{{"", 2, 100, sha256(as_bytes("a"))}, {"b", 3, 200, sha256(as_bytes("b"))}}))};
}

// codec:u8 raw-size:u16 prefix-size:u16 prefix payload
bool run_unpack(Input input) {
  try {
    ByteReader in(input, "input");
    const auto codec = static_cast<Codec>(in.integer<std::uint8_t>() % 3);
    Bytes raw(in.integer<std::uint16_t>());
    const ByteView prefix = in.raw(in.integer<std::uint16_t>());
    Decompressor decompressor;
    return decompressor.unpack(codec, in.raw(in.left()), prefix, raw);
  } catch (const base::Error&) {
    return false;  // too short
  }
}

std::string packed(Codec codec, const std::string& raw, const std::string& prefix) {
  Bytes bytes(as_bytes(raw).begin(), as_bytes(raw).end());
  if (codec == Codec::zstd_xor) xor_with(bytes, as_bytes(prefix));
  Compressor compressor;
  const auto payload =
      compressor.compress(bytes, codec == Codec::zstd ? as_bytes(prefix) : ByteView(), 10'000);
  ByteWriter out;
  out.integer(static_cast<std::uint8_t>(codec)).integer(static_cast<std::uint16_t>(raw.size()));
  out.integer(static_cast<std::uint16_t>(prefix.size())).raw(as_bytes(prefix)).raw(payload.value());
  return text(out.bytes());
}

std::vector<std::string> unpack_seeds() {
  return {packed(Codec::zstd, std::string(3000, 'a') + "end", ""),
          packed(Codec::zstd, "some text that is known", "some text that is known already"),
          packed(Codec::zstd_xor, std::string(200, 'x'), std::string(200, 'y'))};
}

}  // namespace

std::vector<FuzzTarget> snapshot_targets() {
  return {{"unpack", run_unpack, unpack_seeds},
          {"frame", run_frame, frame_seeds},
          {"pack", run_pack, pack_seeds},
          {"index", run_index, index_seeds},
          {"manifest", run_manifest, manifest_seeds},
          {"content", run_content, content_seeds},
          {"tree-block", run_tree_block, tree_block_seeds},
          {"block-list", run_block_list, block_list_seeds}};
}

}  // namespace deskloom::test
