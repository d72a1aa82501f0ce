#include "snapshot/stored_tree_view.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/tree_check.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t kept_blocks = 64;  // of about 128 entries
constexpr std::size_t lane_count = 8;

}  // namespace

StoredTreeView::StoredTreeView(const Layer& layer, ChunkStore& chunks)
    : block_reader_(chunks), lanes_(make_lanes(chunks, lane_count)) {
  blocks_ = TreeReader(block_reader_).blocks(layer);
  std::uint64_t total = 0;
  for (const BlockRef& block : blocks_) {
    starts_.push_back(total);
    total += block.entries;
  }
  starts_.push_back(total);
}

std::size_t StoredTreeView::block_of(std::uint64_t number) const {
  if (number >= size()) throw base::Error(base::ErrorKind::not_found, "the tree has no such node");
  return static_cast<std::size_t>(std::ranges::upper_bound(starts_, number) - starts_.begin()) - 1;
}

StoredTreeView::Block StoredTreeView::block(std::size_t index) const {
  const std::lock_guard guard(mutex_);
  const auto found = std::ranges::find(recent_, index, &std::pair<std::size_t, Block>::first);
  if (found != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, found);
  } else {
    recent_.emplace_front(
        index, std::make_shared<const std::vector<Entry>>(TreeReader(block_reader_).entries(blocks_[index])));
    if (recent_.size() > kept_blocks) recent_.pop_back();
  }
  return recent_.front().second;
}

Entry StoredTreeView::entry(std::uint64_t number) const {
  const std::size_t index = block_of(number);
  return (*block(index))[number - starts_[index]];
}

std::optional<std::uint64_t> StoredTreeView::find(const std::string& path) const {
  const auto after = std::ranges::upper_bound(blocks_, path, path_less, &BlockRef::first);
  const auto index = static_cast<std::size_t>(after - blocks_.begin()) - 1;
  const Block entries = block(index);
  const auto path_of = [](const Entry& e) -> const std::string& { return e.node.path; };
  const auto found = std::ranges::lower_bound(*entries, path, path_less, path_of);
  if (found == entries->end() || found->node.path != path) return std::nullopt;
  return starts_[index] + static_cast<std::uint64_t>(found - entries->begin());
}

// The number behind all that is below a directory. Blocks that are wholly below it are passed over.
std::uint64_t StoredTreeView::end_of(std::uint64_t number, const std::string& path) const {
  const auto is_below = [&](const std::string& other) { return base::is_below(other, path); };
  const auto first = blocks_.begin() + static_cast<std::ptrdiff_t>(block_of(number)) + 1;
  const auto after =
      std::partition_point(first, blocks_.end(), [&](const BlockRef& b) { return is_below(b.first); });
  const auto index = static_cast<std::size_t>(after - blocks_.begin()) - 1;
  const Block entries = block(index);
  const std::uint64_t from = std::max(number + 1, starts_[index]) - starts_[index];
  const auto end = std::partition_point(entries->begin() + static_cast<std::ptrdiff_t>(from), entries->end(),
                                        [&](const Entry& e) { return is_below(e.node.path); });
  return starts_[index] + static_cast<std::uint64_t>(end - entries->begin());
}

std::vector<TreeView::Child> StoredTreeView::children(std::uint64_t directory) const {
  const std::string path = entry(directory).node.path;
  std::vector<Child> children;
  for (std::uint64_t number = directory + 1; number < size();) {
    const std::size_t index = block_of(number);
    const Block entries = block(index);
    const Node& node = (*entries)[number - starts_[index]].node;
    if (base::parent_path(node.path) != path) {
      if (!base::is_below(node.path, path)) break;
      throw base::Error(base::ErrorKind::corrupt,
                        "a stored tree has '" + base::printable(node.path) + "' without its directory");
    }
    const std::uint64_t file = node.link_group == 0 ? number : links(number).first;
    children.push_back({base_name(node.path), file, node.type});
    number = node.type == NodeType::directory ? end_of(number, node.path) : number + 1;
  }
  return children;
}

void StoredTreeView::find_links() const {
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    std::uint64_t number = starts_[index];
    for (const Entry& entry : *block(index)) {
      if (entry.node.link_group != 0) {
        const auto [found, is_new] = links_.try_emplace(entry.node.link_group, Links{number, 0});
        ++found->second.count;
      }
      ++number;
    }
  }
}

TreeView::Links StoredTreeView::links(std::uint64_t number) const {
  const Node found = node(number);
  if (found.link_group == 0) return {number, 1};
  std::call_once(links_found_, [this] { find_links(); });
  return links_.at(found.link_group);
}

std::unique_ptr<RandomReader> StoredTreeView::open(std::uint64_t number) const {
  const Entry found = entry(number);
  if (found.node.type != NodeType::file) {
    throw base::Error(base::ErrorKind::not_found,
                      "'" + base::printable(found.node.path) + "' is not a file in the snapshot");
  }
  return std::make_unique<StoredBytes>(found.content, std::span(lanes_).subspan(number % lanes_.size(), 1));
}

std::unique_ptr<TreeView> DirectoryStore::open_tree(const Layer& layer) const {
  expect_kind(layer, "tree");
  return std::make_unique<StoredTreeView>(layer, chunks_);
}

}  // namespace deskloom::snapshot
