#include "snapshot/index.hpp"

#include <algorithm>

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "DLINDEX";
constexpr std::uint8_t version = 1;
constexpr std::size_t header_bytes = 20;
constexpr std::size_t entry_bytes = 44;
constexpr std::uint64_t limit_bytes = 512 << 20;

PackEntry read_entry(ByteReader& in) {
  PackEntry entry;
  std::ranges::copy(in.raw(entry.id.bytes.size()), entry.id.bytes.begin());
  entry.offset = in.integer<std::uint32_t>();
  entry.stored_size = in.integer<std::uint32_t>();
  entry.raw_size = in.integer<std::uint32_t>();
  return entry;
}

bool is_whole(ByteView bytes) {
  if (bytes.size() < header_bytes + sizeof(Hash)) return false;
  const ByteView body = bytes.first(bytes.size() - sizeof(Hash));
  return as_text(body).starts_with(magic) && std::ranges::equal(sha256(body).bytes, bytes.last(sizeof(Hash)));
}

}  // namespace

void write_index(const fs::path& path, const PackIndex& index) {
  ByteWriter out;
  out.raw(as_bytes(magic)).integer(version).integer(index.pack_size);
  out.integer(static_cast<std::uint32_t>(index.entries.size()));
  for (const PackEntry& entry : index.entries) {
    out.raw(entry.id.bytes).integer(entry.offset).integer(entry.stored_size).integer(entry.raw_size);
  }
  const Hash sum = sha256(out.bytes());
  out.raw(sum.bytes);
  base::write_file_durably(path, as_text(out.bytes()));
}

std::optional<PackIndex> read_index(const fs::path& path) {
  if (!fs::exists(path)) return std::nullopt;
  const std::string text = base::read_file(path, limit_bytes);
  const ByteView bytes = as_bytes(text);
  if (!is_whole(bytes)) return std::nullopt;
  ByteReader in(bytes.subspan(magic.size(), bytes.size() - magic.size() - sizeof(Hash)), path.string());
  if (in.integer<std::uint8_t>() != version) return std::nullopt;
  PackIndex index;
  index.pack_size = in.integer<std::uint64_t>();
  const auto count = in.integer<std::uint32_t>();
  if (in.left() != std::size_t{count} * entry_bytes) return std::nullopt;
  index.entries.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) index.entries.push_back(read_entry(in));
  return index;
}

void Index::add(const std::string& pack_id, const std::vector<PackEntry>& entries) {
  const auto number = static_cast<std::uint32_t>(packs_.size());
  if (!pack_numbers_.emplace(pack_id, number).second) return;
  packs_.push_back(pack_id);
  for (const PackEntry& entry : entries) locations_.emplace(entry.id, Location{number, entry});
}

bool Index::knows_pack(const std::string& pack_id) const { return pack_numbers_.contains(pack_id); }

const Index::Location* Index::find(const Hash& id) const {
  const auto found = locations_.find(id);
  return found == locations_.end() ? nullptr : &found->second;
}

}  // namespace deskloom::snapshot
