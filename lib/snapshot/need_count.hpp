#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "snapshot/chunk_places.hpp"
#include "snapshot/content.hpp"
#include "snapshot/need_table.hpp"
#include "snapshot/store.hpp"
#include "snapshot/tree_object.hpp"

namespace deskloom::snapshot {

// How many bytes of each pack the snapshots need, kept up with what comes and goes. Whatever is named by
// something that is needed is needed itself; its own parts are counted when it is named first and taken off
// when nothing names it any more, so that what snapshots share is not looked at again. Of a chunk one copy is
// needed, and what the frame of that was compressed against.
//
// Throws Error(corrupt): a snapshot needs what is in no pack, or what was counted does not fit what is there
// any more and is to be counted anew; nothing it did is kept then.
class NeedCount {
 public:
  using Get = std::function<Snapshot(const std::string& id)>;  // throws not_found
  // file: as NeedTable's.
  NeedCount(ChunkStore& chunks, const std::filesystem::path& file, Get get);

  // Takes in the packs and their tables, and the snapshots in these folders of snapshots/, as they are now.
  // settled_before: folders that changed before that time have nothing in them that would not show in it.
  void update(const std::filesystem::path& snapshots, const std::vector<IdFolder>& folders,
              base::Timestamp settled_before);
  // Files that writers had not renamed yet, in folders that were looked into.
  const std::vector<std::filesystem::path>& unfinished() const { return unfinished_; }
  // What was done since the last is durable when it returns. Throws no_space.
  void commit();
  base::Timestamp made_at() const { return table_.made_at(); }  // when counting began anew

  struct Pack {
    std::int64_t number = 0;
    bool is_kept = false;
    std::uint64_t needed_bytes = 0;  // of frames that snapshots need
    std::uint64_t held_bytes = 0;    // and of those that keep readable what snapshots do not need
    bool operator==(const Pack&) const = default;
  };
  const std::map<std::string, Pack>& packs() const { return packs_; }
  std::vector<PackEntry> held_frames(const std::string& pack);  // offset, size and depth of each, by offset
  // Whether all its frames must be readable, or only those that are held: the next capture may name any
  // chunk that it finds in a pack that stays.
  void set_kept(const std::string& pack, bool is_kept);

 private:
  using Frames = std::map<std::uint32_t, FrameHeader>;

  void list_packs();
  void keep_packs();
  void take_in(const std::string& id);
  void leave_out(const std::string& pack, const Pack& known);
  void move_out_of(const std::string& pack);
  void move(const NeedKey& key, unsigned below_depth, const std::string& pack, const PackEntry& frame);
  void update_folder(const std::filesystem::path& folder, const std::vector<std::string>& ids);
  void count_snapshot(const std::string& id);
  void count_layer(const Layer& layer, int by);
  void count_block(const BlockRef& block, int by);
  void count_content(const Content& content, int by);
  bool count_node(NeedKind kind, const Hash& id, int by);  // true: its parts are to be counted too
  void count_chunk(NeedKind kind, const Hash& id, unsigned below_depth, int by);
  std::optional<Index::Location> find(const Hash& id, unsigned below_depth) const;
  void count_frame(NeedKind kind, const std::string& pack, const PackEntry& entry, int by);
  std::optional<NeedKind> bases_of(const Pack& pack, const NeedTable::Frame& frame) const;
  void count_bases(NeedKind kind, const FrameHeader& header, int by);
  Pack& known(const std::string& pack);
  const std::string& pack_of(std::int64_t number) const;
  FrameHeader header_at(const std::string& pack, const PackEntry& frame);
  Frames deltas_not_held(const std::string& pack);

  ChunkStore& chunks_;
  NeedTable table_;
  Get get_;
  ChunkReader reader_;
  std::unique_ptr<ChunkPlaces> places_;
  std::map<std::string, Pack> packs_;
  std::map<std::string, Pack> stored_;            // as they were at the last commit
  std::map<std::int64_t, std::string> pack_ids_;  // by number
  std::vector<std::filesystem::path> unfinished_;
};

}  // namespace deskloom::snapshot
