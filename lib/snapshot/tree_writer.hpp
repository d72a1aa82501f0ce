#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "snapshot/content.hpp"
#include "snapshot/tree_check.hpp"
#include "snapshot/tree_object.hpp"

namespace deskloom::snapshot {

// Stores one tree: lists it, reads the files that changed, writes the directories bottom-up.
class TreeWriter {
 public:
  TreeWriter(ChunkStore& store, ChunkWriter& chunks, WriteStats& stats, base::Progress& progress)
      : store_(store), chunks_(chunks), stats_(stats), progress_(progress), content_writer_(chunks) {}

  Layer write(const std::string& name, TreeSource& source, const Layer* previous,
              std::vector<Skipped>& skipped);

 private:
  void reuse_unchanged(const Layer& previous);
  bool is_stored(const Content& content);
  std::vector<std::size_t> find_wanted();
  void read_wanted(TreeSource& source, const std::vector<std::size_t>& wanted, std::vector<Skipped>& skipped);
  void share_hard_links(std::vector<Skipped>& skipped);
  std::vector<Entry> build_children(std::uint32_t directory);
  Entry build_entry(std::uint32_t index);

  ChunkStore& store_;
  ChunkWriter& chunks_;
  WriteStats& stats_;
  base::Progress& progress_;
  ContentWriter content_writer_;

  CheckedTree tree_;
  std::vector<std::optional<Content>> contents_;  // files: nullopt when it is not to be stored
  std::vector<std::uint32_t> leaders_;            // the first node of its hard link group, else itself
};

}  // namespace deskloom::snapshot
