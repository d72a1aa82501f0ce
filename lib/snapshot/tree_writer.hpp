#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "snapshot/tree_check.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {

// Stores one tree: lists it, reads the files that changed, on several threads where the source allows, and
// writes the list of entries.
class TreeWriter {
 public:
  TreeWriter(WriteSession& session, ChunkWriter& chunks, WriteStats& stats, base::Progress& progress)
      : session_(session), chunks_(chunks), stats_(stats), progress_(progress) {}

  Layer write(const std::string& name, TreeSource& source, const Layer* previous,
              std::vector<Skipped>& skipped);

 private:
  struct Batch {
    std::vector<std::size_t> files;
    std::uint64_t bytes = 0;
  };

  void load_previous(const Layer& previous);
  void compare_with_previous(std::int64_t captured_at_ns);
  bool is_stored(const Content& content);
  std::vector<std::size_t> find_wanted();
  std::vector<Batch> make_batches(const std::vector<std::size_t>& wanted) const;
  void read_wanted(TreeSource& source, const std::vector<std::size_t>& wanted, std::vector<Skipped>& skipped);
  void share_hard_links(std::vector<Skipped>& skipped);
  Content write_entries();

  WriteSession& session_;
  ChunkWriter& chunks_;
  WriteStats& stats_;
  base::Progress& progress_;

  std::vector<Node> nodes_;                       // as the source numbers them
  std::vector<std::uint32_t> order_;              // their numbers in the order of trees
  std::vector<std::optional<Content>> contents_;  // files: nullopt when it is not to be stored
  std::vector<std::uint32_t> leaders_;            // the first node of its hard link group, else itself
  std::vector<Entry> before_;                     // the previous tree
  std::vector<const Content*> earlier_;           // what a file that is to be read held then, or nullptr
  std::vector<BlockRef> blocks_before_;
  std::optional<Content> list_before_;
};

}  // namespace deskloom::snapshot
