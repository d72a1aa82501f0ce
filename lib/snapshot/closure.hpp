#pragma once

#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "snapshot/chunk_store.hpp"
#include "snapshot/content.hpp"
#include "snapshot/store.hpp"

namespace deskloom::snapshot {

// Everything that snapshots need but for what their chunks were compressed against. What several share is
// entered once. It remembers what it entered as what: a user's file may have the very bytes of a list or a
// block, and must not hide what that leads to. Throws Error(corrupt) where something cannot be read.
class ClosureWalk {
 public:
  using Visit = std::function<void(const Hash& id)>;
  ClosureWalk(ChunkReader& chunks, Visit visit) : chunks_(chunks), visit_(std::move(visit)) {}

  // Visits each chunk of it at least once, unless something walked or skipped before leads to it. What
  // snapshots of two groups need is visited for each of them, and after that for no other.
  using Group = std::uint32_t;
  void walk(const Snapshot& snapshot, Group group = 0);
  // What both this one and a snapshot that is walked later need is not visited then: all of it but for files
  // in blocks of trees that differ.
  void skip(const Snapshot& snapshot);

 private:
  using Hashes = std::unordered_set<Hash, HashKey>;
  using Entered = std::unordered_map<Hash, Group, HashKey>;  // by which group

  bool enter(const Hash& id, Entered& entered) const;  // false: it is known already
  void skip(const Content& content);
  void visit(const Hash& id);
  void visit(const std::vector<Extent>& extents);
  void walk_content(const Content& content);
  void walk_blocks(const Layer& layer);

  ChunkReader& chunks_;
  Visit visit_;
  Group group_ = 0;
  Entered trees_, streams_, blocks_;  // or skipped
  Entered lists_;                     // the contents that have lists, by the sum of their extents
  Hashes skipped_;
};

}  // namespace deskloom::snapshot
