#pragma once

#include <filesystem>
#include <optional>

#include "base/progress.hpp"
#include "snapshot/chunk_writer.hpp"
#include "snapshot/closure.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/transfer/transfer.hpp"
#include "snapshot/writer_registration.hpp"

namespace deskloom::snapshot::transfer {

// The end at which snapshots arrive. What came before an error or a cut stays, for the next transfer to find.
class Receiver {
 public:
  // dry_run: answers questions and writes nothing.
  Receiver(const StoreRoot& root, Messages& sender, bool dry_run, base::Progress& progress);

  Report receive();  // until the sender says the end; the report is what it claims

 private:
  // What only somebody who writes has.
  struct Writing {
    WriterRegistration registration;  // before it is looked which packs are condemned
    WriteSession session;
    ChunkWriter chunks;
    Writing(const std::filesystem::path& directory, ChunkStore& store);
  };

  void take(const Message& message);
  void answer_has(ByteView ids);
  void answer_have(ByteView ids);
  void answer_depths(ByteView ids);
  void take_plan(ByteView body);
  void take_frame(ByteView frame);
  void keep_unread(const FrameHeader& header, ByteView payload);
  void take_manifest(ByteView body);
  void take_failed(ByteView body);
  void take_end(ByteView body);

  Writing& writing();
  bool chain_fits(const FrameHeader& header);
  void require(const Hash& id);
  void check_complete(const Snapshot& snapshot, const std::string& like);
  void make_durable();

  StoreRoot root_;
  Messages& sender_;
  base::Progress& progress_;
  DirectoryStore store_;
  ChunkStore chunks_;
  ChunkReader reader_;
  std::optional<Writing> writing_;
  ClosureWalk complete_;  // what was found whole
  Report report_;
  bool ended_ = false;
};

}  // namespace deskloom::snapshot::transfer
