#pragma once

#include <list>
#include <map>
#include <mutex>

#include "snapshot/stored_bytes.hpp"
#include "snapshot/tree_reader.hpp"
#include "snapshot/tree_view.hpp"

namespace deskloom::snapshot {

// Keeps the blocks that were looked at last.
class StoredTreeView : public TreeView {
 public:
  StoredTreeView(const Layer& layer, ChunkStore& chunks);

  std::uint64_t size() const override { return starts_.back(); }
  Node node(std::uint64_t number) const override { return entry(number).node; }
  std::optional<std::uint64_t> find(const std::string& path) const override;
  std::vector<Child> children(std::uint64_t directory) const override;
  Links links(std::uint64_t number) const override;
  std::unique_ptr<RandomReader> open(std::uint64_t number) const override;

 private:
  using Block = std::shared_ptr<const std::vector<Entry>>;

  std::size_t block_of(std::uint64_t number) const;
  Block block(std::size_t index) const;
  Entry entry(std::uint64_t number) const;
  std::uint64_t end_of(std::uint64_t number, const std::string& path) const;
  void find_links() const;

  std::vector<BlockRef> blocks_;
  std::vector<std::uint64_t> starts_;  // the number of each block's first entry; then that of all
  mutable std::mutex mutex_;
  mutable ChunkReader block_reader_;
  mutable std::list<std::pair<std::size_t, Block>> recent_;  // the last used first
  mutable std::once_flag links_found_;
  mutable std::map<std::uint64_t, Links> links_;  // by link group
  ReaderLanes lanes_;                             // those who read one file share one
};

}  // namespace deskloom::snapshot
