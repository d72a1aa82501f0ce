#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/fd.hpp"
#include "snapshot/index.hpp"
#include "snapshot/pack.hpp"
#include "snapshot/store.hpp"

namespace deskloom::snapshot {

// The packs of one store and their common index. One thread at a time; several processes at once.
class ChunkStore {
 public:
  explicit ChunkStore(const std::filesystem::path& directory);

  // Takes over what killed writers left and writes the indexes that are missing: for those who may write.
  void repair();
  bool contains(const Hash& id) const { return index_.find(id) != nullptr; }
  // Empty when no pack has it.
  std::string pack_of(const Hash& id) const;
  // Looks again for packs of other writers before it gives up.
  std::optional<Index::Location> locate(const Hash& id);
  // Throws Error(corrupt) naming pack and chunk.
  Bytes read(const Hash& id);
  void add(const std::string& pack_id, const std::vector<PackEntry>& entries) {
    index_.add(pack_id, entries);
  }

  std::filesystem::path packs_directory() const { return directory_ / "packs"; }
  std::filesystem::path pack_path(const std::string& id) const { return packs_directory() / (id + ".pack"); }
  std::filesystem::path index_path(const std::string& id) const {
    return directory_ / "index" / (id + ".idx");
  }
  std::vector<std::string> pack_ids() const;  // of what is on disk now, sorted

 private:
  void refresh();
  int pack_fd(const std::string& id);

  std::filesystem::path directory_;
  Index index_;
  std::vector<std::string> without_index_;  // packs whose index had to be made
  Decompressor decompressor_;
  std::map<std::string, base::UniqueFd> open_packs_;
};

// The index of a pack, made from the pack.
PackIndex scan_index(const std::filesystem::path& pack);

// Where one writer's new chunks go.
class ChunkWriter {
 public:
  ChunkWriter(ChunkStore& store, WriteStats& stats) : store_(store), stats_(stats) {}

  Hash put(ByteView raw);
  void finish();  // durable when it returns

 private:
  void finish_pack();
  void check_usable() const;

  ChunkStore& store_;
  WriteStats& stats_;
  std::unique_ptr<PackWriter> pack_;
  std::unordered_set<Hash, HashKey> pending_;  // in pack_
  bool failed_ = false;                        // half-written: nothing may rest on it
};

}  // namespace deskloom::snapshot
