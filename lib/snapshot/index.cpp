#include "snapshot/index.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fcntl.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/random.hpp"

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "DLIDX";
constexpr std::uint8_t version = 1;
constexpr std::size_t fixed_bytes = 16;
constexpr std::size_t pack_bytes = 24;
constexpr std::size_t pack_id_bytes = 16;
constexpr std::size_t fanout_bytes = 256 * 4;
constexpr std::size_t entry_bytes = 52;
constexpr std::size_t most_tables = 8;  // each costs every lookup a search

std::uint32_t read_u32(const std::byte* from) {
  std::uint32_t value = 0;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap32(value);
  return value;
}

std::string to_hex16(ByteView id) {
  Hash padded;
  std::ranges::copy(id, padded.bytes.begin());
  return to_hex(padded).substr(0, 2 * pack_id_bytes);
}

Bytes from_hex16(const std::string& id) {
  const Hash padded = parse_hash(id + std::string(32, '0'), "pack id");
  return {padded.bytes.begin(), padded.bytes.begin() + pack_id_bytes};
}

void write_head(const IndexContent& content, ByteWriter& out) {
  out.raw(as_bytes(magic)).integer(version).integer(std::uint16_t{0});
  out.integer(static_cast<std::uint32_t>(content.packs.size()));
  out.integer(static_cast<std::uint32_t>(content.chunks.size()));
  for (const IndexedPack& pack : content.packs) out.raw(from_hex16(pack.id)).integer(pack.size);
  std::array<std::uint32_t, 256> upto{};
  for (const IndexedChunk& chunk : content.chunks)
    ++upto[std::to_integer<std::size_t>(chunk.entry.id.bytes[0])];
  std::uint32_t total = 0;
  for (const std::uint32_t count : upto) out.integer(total += count);
  out.raw(sha256(out.bytes()).bytes);
}

Bytes serialise(const IndexContent& content) {
  ByteWriter head;
  write_head(content, head);
  ByteWriter table;
  for (const auto& [entry, pack] : content.chunks) {
    table.raw(entry.id.bytes).integer(pack).integer(entry.frame_offset).integer(entry.frame_bytes);
    table.integer(entry.at).integer(entry.size | std::uint32_t{entry.depth} << 24);
  }
  table.raw(sha256(table.bytes()).bytes);
  head.raw(table.bytes());
  return head.bytes();
}

}  // namespace

void IndexContent::add(const IndexedPack& pack, const std::vector<PackEntry>& entries) {
  const auto number = static_cast<std::uint32_t>(packs.size());
  packs.push_back(pack);
  for (const PackEntry& entry : entries) chunks.push_back({entry, number});
}

std::shared_ptr<const IndexTable> IndexTable::open(const fs::path& path) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || status.st_size == 0) return nullptr;
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (mapped == MAP_FAILED) throw base::system_error("cannot map " + path.string());
  const std::shared_ptr<IndexTable> table(new IndexTable(mapped, bytes));
  return table->parse(path.string()) ? table : nullptr;
}

IndexTable::~IndexTable() { ::munmap(mapped_, bytes_); }

bool IndexTable::parse(const std::string& name) {
  const ByteView all(static_cast<const std::byte*>(mapped_), bytes_);
  if (all.size() < fixed_bytes || !as_text(all).starts_with(magic)) return false;
  ByteReader in(all.subspan(magic.size()), name);
  if (in.integer<std::uint8_t>() != version) return false;
  in.integer<std::uint16_t>();
  const std::uint64_t packs = in.integer<std::uint32_t>();
  entries_ = in.integer<std::uint32_t>();
  const std::uint64_t head = fixed_bytes + packs * pack_bytes + fanout_bytes;
  if (all.size() != head + 2 * sizeof(Hash) + std::uint64_t{entries_} * entry_bytes) return false;
  if (!std::ranges::equal(sha256(all.first(head)).bytes, all.subspan(head, sizeof(Hash)))) return false;
  for (std::uint64_t i = 0; i < packs; ++i) {
    const std::string id = to_hex16(in.raw(pack_id_bytes));
    packs_.push_back({id, in.integer<std::uint64_t>()});
  }
  for (const IndexedPack& pack : packs_) pack_ids_.insert(pack.id);
  fanout_ = all.subspan(fixed_bytes + packs * pack_bytes, fanout_bytes);
  table_ = all.subspan(head + sizeof(Hash), std::size_t{entries_} * entry_bytes);
  return read_u32(&fanout_[255 * 4]) == entries_ && (packs > 0 || entries_ == 0);
}

bool IndexTable::is_whole() const {
  const ByteView all(static_cast<const std::byte*>(mapped_), bytes_);
  return std::ranges::equal(sha256(table_).bytes, all.last(sizeof(Hash)));
}

const std::byte* IndexTable::id_at(std::uint32_t position) const {
  return table_.data() + std::size_t{position} * entry_bytes;
}

IndexedChunk IndexTable::at(std::uint32_t position) const {
  const std::byte* from = id_at(position);
  IndexedChunk chunk;
  std::copy_n(from, sizeof(Hash), chunk.entry.id.bytes.begin());
  from += sizeof(Hash);
  // A damaged table must not lead beyond the list of packs.
  chunk.pack = std::min(read_u32(from), static_cast<std::uint32_t>(packs_.size() - 1));
  chunk.entry.frame_offset = read_u32(from + 4);
  chunk.entry.frame_bytes = read_u32(from + 8);
  chunk.entry.at = read_u32(from + 12);
  chunk.entry.size = read_u32(from + 16) & 0xffffff;
  chunk.entry.depth = static_cast<std::uint8_t>(read_u32(from + 16) >> 24);
  return chunk;
}

std::pair<std::uint32_t, std::uint32_t> IndexTable::range_of(const Hash& id) const {
  const auto first = std::to_integer<std::size_t>(id.bytes[0]);
  std::uint32_t low = first == 0 ? 0 : read_u32(&fanout_[(first - 1) * 4]);
  const std::uint32_t end = std::min(read_u32(&fanout_[first * 4]), entries_);
  std::uint32_t high = end;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (std::memcmp(id_at(middle), id.bytes.data(), sizeof(Hash)) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::uint32_t last = low;
  while (last < end && std::memcmp(id_at(last), id.bytes.data(), sizeof(Hash)) == 0) ++last;
  return {low, last};
}

Index::Index(fs::path directory) : directory_(std::move(directory)) { refresh(); }

template <typename Says>
bool Index::any_copy(const Hash& id, const Says& says) const {
  return std::ranges::any_of(tables_, [&](const Named& named) {
    const auto [first, last] = named.table->range_of(id);
    for (std::uint32_t position = first; position < last; ++position) {
      const IndexedChunk chunk = named.table->at(position);
      const std::string& pack = named.table->packs()[chunk.pack].id;
      if ((ignored_.empty() || !ignored_.contains(pack)) && says(chunk.entry, pack)) return true;
    }
    return false;
  });
}

bool Index::is_trusted(const std::string& pack, const PackEntry& entry) const {
  return distrusted_.empty() || !distrusted_.contains({pack, entry.frame_offset, entry.at});
}

std::optional<Index::Location> Index::find(const Hash& id, unsigned below_depth) const {
  const std::lock_guard guard(mutex_);
  std::optional<Location> best, distrusted;
  any_copy(id, [&](const PackEntry& entry, const std::string& pack) {
    if (entry.depth >= below_depth) return false;
    auto& found = is_trusted(pack, entry) ? best : distrusted;
    if (!found || entry.depth < found->entry.depth) found = Location{pack, entry};
    return best && best->entry.depth == 0;
  });
  return best ? best : distrusted;
}

bool Index::contains(const Hash& id) const {
  const std::lock_guard guard(mutex_);
  return any_copy(id,
                  [&](const PackEntry& entry, const std::string& pack) { return is_trusted(pack, entry); });
}

bool Index::knows_pack(const std::string& id) const {
  const std::lock_guard guard(mutex_);
  return std::ranges::any_of(tables_, [&](const Named& named) { return named.table->covers(id); });
}

bool Index::refresh() {
  const std::lock_guard guard(mutex_);
  std::vector<Named> now;
  bool changed = false;
  // One that vanishes after it was listed was merged into another, which may not have been listed yet.
  for (bool vanished = true; vanished;) {
    vanished = false;
    now.clear();
    damaged_.clear();
    for (const std::string& name : base::list_directory(directory_)) {
      if (!name.ends_with(".idx")) continue;
      const auto known = std::ranges::find(tables_, name, &Named::name);
      Named named = known != tables_.end() ? *known : Named{name, nullptr};
      if (!named.table && !dropped_.contains(name)) {
        named.table = IndexTable::open(directory_ / name);
        changed = true;
      }
      if (named.table) {
        now.push_back(std::move(named));
      } else if (fs::exists(directory_ / name)) {
        damaged_.push_back(directory_ / name);
      } else {
        vanished = true;
      }
    }
  }
  changed = changed || now.size() != tables_.size();
  tables_ = std::move(now);
  return changed;
}

bool Index::drop_damaged() {
  const std::lock_guard guard(mutex_);
  for (Named& named : tables_) named.is_whole = named.is_whole || named.table->is_whole();
  return std::erase_if(tables_, [this](const Named& named) {
           if (named.is_whole) return false;
           damaged_.push_back(directory_ / named.name);
           dropped_.insert(named.name);
           return true;
         }) > 0;
}

void Index::ignore_packs(std::set<std::string> ids) {
  const std::lock_guard guard(mutex_);
  ignored_ = std::move(ids);
}

void Index::ignore_pack(const std::string& id) {
  const std::lock_guard guard(mutex_);
  ignored_.insert(id);
}

bool Index::distrust(const Location& copy) {
  const std::lock_guard guard(mutex_);
  return distrusted_.emplace(copy.pack, copy.entry.frame_offset, copy.entry.at).second;
}

std::string Index::write(IndexContent content) const {
  std::ranges::sort(content.chunks, {}, [](const IndexedChunk& c) { return c.entry.id; });
  const std::string name = base::SystemRandom().hex(32) + ".idx";
  base::write_file_durably(directory_ / name, as_text(serialise(content)));
  return name;
}

void Index::add(IndexContent content) {
  if (content.packs.empty()) return;
  write(std::move(content));
  refresh();
  if (tables().size() > most_tables) try_merge_small();
}

// Only makes finding quicker: what was to be added is durable.
void Index::try_merge_small() {
  try {
    merge_small();
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::no_space && error.kind() != base::ErrorKind::locked) throw;
  }
}

void Index::forget_packs(const std::set<std::string>& ids) {
  const auto lock = lock_tables();
  refresh();
  for (const Named& named : named_tables()) {
    const auto& packs = named.table->packs();
    if (std::ranges::none_of(ids, [&](const std::string& id) { return named.table->covers(id); })) continue;
    IndexContent rest;
    std::vector<std::optional<std::uint32_t>> numbers;
    for (const IndexedPack& pack : packs) {
      const bool stays = !ids.contains(pack.id);
      numbers.push_back(stays ? std::optional(static_cast<std::uint32_t>(rest.packs.size())) : std::nullopt);
      if (stays) rest.packs.push_back(pack);
    }
    for (std::uint32_t i = 0; i < named.table->size(); ++i) {
      const IndexedChunk chunk = named.table->at(i);
      if (numbers[chunk.pack]) rest.chunks.push_back({chunk.entry, *numbers[chunk.pack]});
    }
    // Of a damaged one the packs stay without a table, and are looked into.
    if (!rest.packs.empty() && named.table->is_whole()) write(std::move(rest));
    base::remove_file(directory_ / named.name);
  }
  // Tables that a power cut brought back would lead to packs that are gone.
  base::fsync_directory(directory_);
  refresh();
}

// Two that rewrite tables at once could bring back what one of them has dropped.
base::FileLock Index::lock_tables() const {
  return base::FileLock(directory_ / "lock", std::chrono::minutes(5));
}

std::vector<Index::Named> Index::named_tables() const {
  const std::lock_guard guard(mutex_);
  return tables_;
}

// Size-tiered: a table joins the merge while it is not much larger than all the smaller ones together, so
// that each chunk is rewritten a logarithmic number of times.
void Index::merge_small() {
  const auto lock = lock_tables();
  refresh();
  std::vector<Named> sorted = named_tables();
  std::ranges::sort(sorted, {}, [](const Named& n) { return n.table->size(); });
  IndexContent merged;
  std::vector<std::string> inputs;
  for (const Named& named : sorted) {
    if (inputs.size() >= 2 && named.table->size() > 2 * merged.chunks.size()) break;
    if (!named.table->is_whole()) continue;  // what is wrong in it must not get a sum that is right
    const auto first = static_cast<std::uint32_t>(merged.packs.size());
    merged.packs.insert(merged.packs.end(), named.table->packs().begin(), named.table->packs().end());
    for (std::uint32_t i = 0; i < named.table->size(); ++i) {
      IndexedChunk chunk = named.table->at(i);
      chunk.pack += first;
      merged.chunks.push_back(chunk);
    }
    inputs.push_back(named.name);
  }
  if (inputs.size() < 2) return;
  write(std::move(merged));
  for (const std::string& name : inputs) ::unlink((directory_ / name).c_str());
  refresh();
}

std::vector<std::shared_ptr<const IndexTable>> Index::tables() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::shared_ptr<const IndexTable>> tables;
  for (const Named& named : tables_) tables.push_back(named.table);
  return tables;
}

std::vector<fs::path> Index::damaged() const {
  const std::lock_guard guard(mutex_);
  return damaged_;
}

}  // namespace deskloom::snapshot
