#pragma once

#include <filesystem>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/progress.hpp"
#include "snapshot/closure.hpp"
#include "snapshot/codec.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/transfer/transfer.hpp"

namespace deskloom::snapshot::transfer {

// The end that snapshots leave from. It reads the store and never changes it.
class Sender {
 public:
  Sender(const StoreRoot& root, Messages& receiver, bool dry_run, base::Progress& progress);

  // Oldest first. What is damaged is left out, and told.
  Report send(const std::vector<std::string>& ids);

 private:
  using Hashes = std::unordered_set<Hash, HashKey>;

  // A frame that holds chunks the receiver lacks.
  struct Shipment {
    std::string pack;
    PackEntry entry;           // of one of them
    std::vector<Hash> chunks;  // those it lacks
    std::uint64_t bytes = 0;   // of these, unpacked
    bool as_stored = true;
  };

  // A chunk that the receiver lacks.
  struct Lacked {
    Hash id;
    Index::Location location;
    std::vector<FrameBase> bases;  // of its frame
  };
  // At the receiver, of what it has.
  using Depths = std::unordered_map<Hash, std::uint8_t, HashKey>;

  void ask_which_there();
  void send_one(const std::string& id);
  std::optional<Snapshot> nearest_there(const Snapshot& snapshot) const;
  void forget_asked();

  void ask(const Hash& id);
  void ask_pending();
  std::vector<bool> ask_bits(Type question, ByteView ids, std::size_t count);

  std::vector<Shipment> plan();
  std::vector<Lacked> locate_missing();
  Depths ask_depths(const std::vector<Lacked>& lacked);
  bool can_unpack(const Lacked& lacked, const Depths& depths) const;
  void announce(const std::vector<Shipment>& shipments);
  void ship(const Shipment& shipment);
  void regroup(const std::vector<Hash>& chunks);
  void flush_group();
  void send_frame(ByteView frame);

  Messages& receiver_;
  bool dry_run_;
  base::Progress& progress_;
  DirectoryStore store_;
  ChunkStore chunks_;
  ChunkReader reader_;
  std::optional<ClosureWalk> walk_;
  std::vector<std::string> own_;  // all of the store's snapshots, oldest first
  std::unordered_set<std::string> there_;
  Hashes asked_;               // the receiver has them, or gets them with the next shipments
  std::vector<Hash> pending_;  // not asked yet
  std::vector<Hash> missing_;
  Compressor compressor_;
  Bytes group_;
  std::vector<FrameChunk> group_chunks_;
  Report report_;
};

}  // namespace deskloom::snapshot::transfer
