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
              std::vector<Skipped>& skipped, SpecialFiles special);

 private:
  struct Batch {
    std::vector<std::size_t> files;
    std::uint64_t bytes = 0;
  };

  void load_previous(const Layer& previous);
  void compare_with_previous(std::int64_t captured_at_ns);
  void compare_part(std::size_t from, std::size_t to, std::int64_t captured_at_ns, ChunkReader& chunks);
  bool is_stored(const Content& content, ChunkReader& chunks);
  std::vector<std::size_t> find_wanted();
  std::vector<Batch> make_batches(const std::vector<std::size_t>& wanted) const;
  void read_wanted(TreeSource& source, const std::vector<std::size_t>& wanted, std::vector<Skipped>& skipped);
  void share_hard_links(std::vector<Skipped>& skipped);
  Content write_entries();
  std::vector<BlockRef> write_blocks();
  bool ends_block(std::size_t position, std::size_t entries, std::size_t bytes) const;
  BlockRef write_block(std::size_t position);
  const BlockRef* unchanged_block(std::size_t position) const;

  WriteSession& session_;
  ChunkWriter& chunks_;
  WriteStats& stats_;
  base::Progress& progress_;

  std::vector<Node> nodes_;                       // as the source numbers them
  std::vector<std::uint32_t> order_;              // their numbers in the order of trees
  std::vector<std::optional<Content>> contents_;  // files: nullopt when it is not to be stored
  std::vector<std::uint32_t> leaders_;            // the first node of its hard link group, else itself
  std::vector<Entry> before_;                     // the previous tree, less contents that are kept
  std::vector<std::uint32_t> equals_;             // the entry of the previous tree that a node is equal to
  std::vector<const Content*> earlier_;           // what a file that is to be read held then, or nullptr
  std::vector<BlockRef> blocks_before_;
  std::vector<std::uint32_t> starts_before_;  // per block, the number of its first entry
  std::optional<Content> list_before_;
};

}  // namespace deskloom::snapshot
