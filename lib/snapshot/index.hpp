#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "snapshot/pack.hpp"

// One index per pack, called ID.idx as its pack is ID.pack; lost or damaged ones are made from the pack.
//
//   index = %s"DLINDEX" version:u8 pack-size:u64 count:u32 *entry sum:32OCTET
//   entry = id:32OCTET offset:u32 stored-size:u32 raw-size:u32      ; in the order of the pack
//   sum   = SHA-256 of all before it
namespace deskloom::snapshot {

struct PackIndex {
  std::uint64_t pack_size = 0;
  std::vector<PackEntry> entries;
};

void write_index(const std::filesystem::path& path, const PackIndex& index);
// nullopt when it is missing or damaged.
std::optional<PackIndex> read_index(const std::filesystem::path& path);

// Which pack holds a chunk, for all packs of a store.
class Index {
 public:
  struct Location {
    std::uint32_t pack = 0;  // a number given by add()
    PackEntry entry;
  };

  void add(const std::string& pack_id, const std::vector<PackEntry>& entries);
  bool knows_pack(const std::string& pack_id) const;
  const Location* find(const Hash& id) const;
  const std::string& pack_id(std::uint32_t pack) const { return packs_[pack]; }

 private:
  std::vector<std::string> packs_;
  std::unordered_map<std::string, std::uint32_t> pack_numbers_;
  std::unordered_map<Hash, Location, HashKey> locations_;
};

}  // namespace deskloom::snapshot
