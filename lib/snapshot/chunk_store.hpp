#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "base/fd.hpp"
#include "snapshot/index.hpp"
#include "snapshot/pack.hpp"
#include "snapshot/store_root.hpp"

namespace deskloom::snapshot {

// The packs of one store and their common index. Safe for several threads, and for several processes at once.
class ChunkStore {
 public:
  explicit ChunkStore(const StoreRoot& root);

  // Takes over what killed writers left and makes the indexes that are missing: for those who may write.
  // Condemned packs count as not there from now on.
  void repair();
  // The packs that no table covers, but for those of writers at work: their tables were lost. repair() makes
  // them anew.
  std::vector<std::string> without_table();
  // The packs that a collection (gc.cpp) is about to remove.
  std::set<std::string> condemned() const;
  // The packs that tables lead to and that are not on disk.
  std::set<std::string> lost() const;
  Index& index() { return index_; }
  const Seal& seal() const { return *seal_; }
  bool contains(const Hash& id) const { return index_.contains(id); }
  // Looks for packs of other writers, and into packs that no table covers, before it gives up.
  std::optional<Index::Location> locate(const Hash& id, unsigned below_depth = any_depth);
  // The bytes of a frame; Error(corrupt) naming pack and chunk when it is not what its header says.
  // location is changed when a collection has moved the chunk meanwhile.
  Bytes read_frame(Index::Location& location, FrameHeader& header);

  void close_packs();  // so that those that are removed give their room back
  // The headers of its frames that have bases, by offset.
  std::map<std::uint32_t, FrameHeader> deltas_in(const std::string& pack);

  std::filesystem::path packs_directory() const { return directory_ / "packs"; }
  std::filesystem::path incoming_directory() const { return directory_ / "incoming"; }
  std::filesystem::path condemned_directory() const { return directory_ / "condemned"; }
  std::filesystem::path pack_path(const std::string& id) const { return packs_directory() / (id + ".pack"); }
  std::vector<std::string> pack_ids() const;  // of what is on disk now, sorted

 private:
  std::shared_ptr<const base::UniqueFd> pack_fd(const std::string& id);  // nullptr: there is no such pack
  std::optional<Index::Location> locate_without_table(const Hash& id, unsigned below_depth);
  IndexContent scan_unknown(const std::set<std::string>& in_work, bool of_those);

  std::filesystem::path directory_;
  std::shared_ptr<const Seal> seal_;
  Index index_;
  std::mutex mutex_;
  std::map<std::string, std::vector<PackEntry>> without_table_;  // by pack
  std::map<std::string, std::shared_ptr<const base::UniqueFd>> open_packs_;
};

// Reads chunks of a store; keeps the frames that it unpacked last. One per thread.
class ChunkReader {
 public:
  explicit ChunkReader(ChunkStore& store) : store_(store) {}

  // Valid until the next call. Throws Error(corrupt) naming pack and chunk when every copy is damaged: a
  // chunk may be stored several times.
  ByteView read(const Hash& id);
  // The copy that stands there.
  ByteView read_copy(const Index::Location& location);
  // The same for what something new is compressed against: where zstd's checksum holds, SHA-256 is left out.
  ByteView read_base(const Hash& id);
  // What a chunk's frame was compressed against.
  struct Origin {
    std::uint8_t depth = 0;
    std::vector<FrameBase> bases;
  };
  Origin origin_of(const Hash& id);
  // The raw bytes of a frame that is not in the store yet; what it was compressed against is. Throws
  // Error(corrupt).
  Bytes unpack(const FrameHeader& header, ByteView payload);
  ChunkStore& store() { return store_; }

 private:
  struct Frame {
    std::string key;
    FrameHeader header;
    Bytes raw;
    Hash checked{};  // the last chunk that was found to match its id
  };
  // What read(location) returns of a copy that it does not find damaged; throws what it threw of the first
  // when it finds all so.
  template <typename Read>
  auto from_any_copy(const Hash& id, unsigned below_depth, const Read& read);
  Frame& outer_frame_of(const Index::Location& location);
  Frame& frame_of(Index::Location location, int depth_left);
  ByteView slice(const Frame& frame, const Index::Location& location) const;
  ByteView base_part(const FrameBase& base, const Index::Location& needs_it, int below_depth);
  Bytes prefix_of(const FrameHeader& header, const Index::Location& location);
  Bytes unpack(const FrameHeader& header, ByteView payload, const Index::Location& location, int depth_left);

  ChunkStore& store_;
  Decompressor decompressor_;
  std::list<Frame> recent_;  // the last used first
  std::size_t recent_bytes_ = 0;
  Bytes spare_;  // of a frame that was used last: memory costs more the first time
  int unpacks_left_ = 0;
};

// What a pack holds, by the pack itself. Nothing when a collection has removed it since it was listed.
PackScan scan_whole(const std::filesystem::path& pack, const Seal& seal);

}  // namespace deskloom::snapshot
