#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/stream.hpp"
#include "snapshot/store.hpp"
#include "snapshot/store_root.hpp"
#include "snapshot/transfer/listing.hpp"

// Snapshots from one store to another. Only chunks that are missing travel, as they are stored; what came
// before a cut is not sent again. What is received is checked before it is kept, and a snapshot becomes
// visible when all that it needs is durable. The protocol is in message.hpp.
namespace deskloom::snapshot::transfer {

struct Failed {
  std::string snapshot;
  std::string problem;
};

struct Report {
  std::uint64_t snapshots = 0;   // sent
  std::uint64_t there = 0;       // the receiver had them
  std::uint64_t chunks = 0;      // sent
  std::uint64_t sent_bytes = 0;  // of frames; as they are stored
  std::uint64_t skipped_bytes =
      0;                       // of content that did not travel: it was there, or stands in it several times
  std::vector<Failed> failed;  // damaged in the sender's store, and left out
};

// The client's end. Refers to channel.
class Peer {
 public:
  // name: the other store, in errors; check: called at each message, may throw to stop.
  // Throws Error: host_unreachable, failed, store_newer, and what the other end could not do.
  Peer(base::Channel& channel, std::string name, std::function<void()> check = {});

  std::vector<Listed> list(const std::string& user) { return ask_list(user, messages_); }
  // Both throw Error(usage) when the two stores do not have the same key, or lack of one.
  // ids: oldest first, so that each can follow the one before it. dry_run: only says what would travel.
  Report push(const StoreRoot& store, const std::vector<std::string>& ids, bool dry_run,
              base::Progress& progress);
  Report pull(const StoreRoot& store, const std::vector<std::string>& ids, bool dry_run,
              base::Progress& progress);

 private:
  Messages messages_;
};

struct ServeOptions {
  bool read_only = false;
  // The store's key, or the client's seal where that is in the same process. Without either an encrypted
  // store takes what its clients send, and can send nothing.
  KeySource key{};
  std::shared_ptr<const Seal> client_seal{};
};

// The server's end, until the client closes. Errors are told to the client, and thrown.
void serve(const std::filesystem::path& store, base::Channel& channel, const ServeOptions& options);

}  // namespace deskloom::snapshot::transfer
