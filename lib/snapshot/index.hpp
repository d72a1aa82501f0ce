#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "base/file_lock.hpp"
#include "snapshot/pack.hpp"

// Where chunks stand. The directory index/ holds any number of tables; each covers some packs and is looked
// up in where it lies (mmap), so that opening a store does not grow with it. Tables are never changed: a
// writer adds one, and merges small ones into a larger one. A lost or damaged one is made again from its
// packs.
//
//   table  = %s"DLIDX" version:u8 zero:u16 packs:u32 entries:u32 *pack fanout head-sum *entry sum
//   pack   = id:16OCTET size:u64
//   fanout = 256u32                 ; how many entries have an id whose first octet is at most N
//   entry  = id:32OCTET pack:u32 frame-offset:u32 frame-bytes:u32 at:u32 size:u24 depth:u8
//                                   ; ascending by id; depth is the frame's
//   head-sum = SHA-256 of all before it; checked when a table is opened
//   sum      = SHA-256 of the entries; checked by verify: a wrong entry shows when its chunk is read
namespace deskloom::snapshot {

struct IndexedPack {
  std::string id;
  std::uint64_t size = 0;
};

struct IndexedChunk {
  PackEntry entry;
  std::uint32_t pack = 0;  // in the table's list
};

// What a table is made from; chunks need not be sorted.
struct IndexContent {
  std::vector<IndexedPack> packs;
  std::vector<IndexedChunk> chunks;

  void add(const IndexedPack& pack, const std::vector<PackEntry>& entries);
};

// One table, mapped. Safe for several threads.
class IndexTable {
 public:
  // nullptr when it is not there or its head is damaged.
  static std::shared_ptr<const IndexTable> open(const std::filesystem::path& path);
  ~IndexTable();
  IndexTable(const IndexTable&) = delete;
  IndexTable& operator=(const IndexTable&) = delete;

  const std::vector<IndexedPack>& packs() const { return packs_; }
  bool covers(std::string_view pack) const { return pack_ids_.contains(pack); }
  std::uint32_t size() const { return entries_; }
  IndexedChunk at(std::uint32_t position) const;
  // The entries of a chunk, of which there are several when captures stored it at the same time: the first,
  // and the one behind the last.
  std::pair<std::uint32_t, std::uint32_t> range_of(const Hash& id) const;
  bool is_whole() const;  // reads all of it

 private:
  IndexTable(void* mapped, std::size_t bytes) : mapped_(mapped), bytes_(bytes) {}
  bool parse(const std::string& name);
  const std::byte* id_at(std::uint32_t position) const;

  void* mapped_;
  std::size_t bytes_;
  std::vector<IndexedPack> packs_;
  std::unordered_set<std::string_view> pack_ids_;  // of packs_
  std::uint32_t entries_ = 0;
  ByteView fanout_;
  ByteView table_;
};

// All tables of a store, as of the last refresh. Safe for several threads.
class Index {
 public:
  struct Location {
    std::string pack;
    PackEntry entry;
  };

  explicit Index(std::filesystem::path directory);

  // Where a chunk stands in a frame less deep than that: there may be a copy that is stored as a difference
  // from the very chunk that needs it. The least deep is taken; one that is distrusted only when no other is.
  std::optional<Location> find(const Hash& id, unsigned below_depth = any_depth) const;
  bool contains(const Hash& id) const;  // in a copy that is trusted
  bool knows_pack(const std::string& id) const;
  // Looks for tables that were added or removed meanwhile; true when there are other ones.
  bool refresh();
  // Reads all tables and never uses the damaged again; true when there were some.
  bool drop_damaged();
  // What these packs hold counts as not there; the second adds one.
  void ignore_packs(std::set<std::string> ids);
  void ignore_pack(const std::string& id);
  // This copy was found to be damaged; false when that was known.
  bool distrust(const Location& copy);
  // Tables that cover these packs are written anew without them; durable when it returns.
  void forget_packs(const std::set<std::string>& ids);
  // A new table, durable when it returns; small ones are merged when there are many.
  void add(IndexContent content);

  std::vector<std::shared_ptr<const IndexTable>> tables() const;
  std::vector<std::filesystem::path> damaged() const;  // files that are no tables
  std::filesystem::path directory() const { return directory_; }

 private:
  struct Named {
    std::string name;
    std::shared_ptr<const IndexTable> table;
    bool is_whole = false;  // else nobody has looked yet
  };

  std::string write(IndexContent content) const;
  void try_merge_small();
  void merge_small();
  // What says(entry, pack) is asked of each copy of a chunk that is not ignored, until it says true.
  template <typename Says>
  bool any_copy(const Hash& id, const Says& says) const;
  bool is_trusted(const std::string& pack, const PackEntry& entry) const;
  base::FileLock lock_tables() const;
  std::vector<Named> named_tables() const;

  std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::vector<Named> tables_;
  std::vector<std::filesystem::path> damaged_;
  std::set<std::string> dropped_;
  std::set<std::string> ignored_;
  std::set<std::tuple<std::string, std::uint32_t, std::uint32_t>> distrusted_;  // pack, frame, place in it
};

}  // namespace deskloom::snapshot
