#include "snapshot/tree_writer.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <limits>
#include <mutex>
#include <numeric>
#include <unordered_map>

#include "base/parallel.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/file_receiver.hpp"

namespace deskloom::snapshot {
namespace {

// Coarser than any file system's time stamps (FAT: 2 s): a change made in the same tick as the last capture
// read the file would not show.
constexpr std::int64_t racy_margin_ns = 3'000'000'000;

// What one thread takes at a time: enough that taking costs nothing, little enough that all end together.
constexpr std::uint64_t batch_bytes = 8 << 20;
constexpr std::size_t batch_files = 256;

// Blocks this small would cost more in headers than they save in sharing; larger ones more than a chunk
// holds.
constexpr std::size_t block_entries_at_least = 32;
constexpr std::size_t block_bytes_at_most = 256 << 10;

// A stored list may lie about how much there is.
constexpr std::size_t most_reserved = 1 << 20;

constexpr std::uint32_t no_entry = std::numeric_limits<std::uint32_t>::max();

bool is_unchanged(const Node& now, const Node& then, std::int64_t captured_at_ns) {
  return now.size == then.size && now.mtime_ns == then.mtime_ns && now.ctime_ns == then.ctime_ns &&
         now.inode == then.inode && now.inode != 0 &&
         std::max(now.mtime_ns, now.ctime_ns) < captured_at_ns - racy_margin_ns;
}

bool is_taken(NodeType type, SpecialFiles special) {
  if (type == NodeType::fifo) return special.fifos;
  return special.devices || (type != NodeType::block_device && type != NodeType::char_device);
}

std::vector<std::uint32_t> find_leaders(const std::vector<Node>& nodes) {
  std::vector<std::uint32_t> leaders(nodes.size());
  std::iota(leaders.begin(), leaders.end(), 0U);
  std::unordered_map<std::uint64_t, std::uint32_t> groups;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].link_group != 0) leaders[i] = groups.emplace(nodes[i].link_group, i).first->second;
  }
  return leaders;
}

}  // namespace

Layer TreeWriter::write(const std::string& name, TreeSource& source, const Layer* previous,
                        std::vector<Skipped>& skipped, SpecialFiles special) {
  Layer layer{name, "tree", {}, 0, 0, source.clock_ns()};
  std::future<void> loaded;
  if (previous != nullptr) loaded = std::async(std::launch::async, [&] { load_previous(*previous); });
  nodes_ = source.list(skipped);
  order_ = check_tree(nodes_);
  std::erase_if(order_, [&](std::uint32_t i) { return !is_taken(nodes_[i].type, special); });
  contents_.assign(nodes_.size(), std::nullopt);
  earlier_.assign(nodes_.size(), nullptr);
  equals_.assign(nodes_.size(), no_entry);
  leaders_ = find_leaders(nodes_);
  if (previous != nullptr) {
    loaded.get();
    compare_with_previous(previous->captured_at_ns);
  }
  source.complete(nodes_);
  read_wanted(source, find_wanted(), skipped);
  share_hard_links(skipped);
  ByteWriter root;
  serialise(write_entries(), root);
  layer.root = to_hex(chunks_.put(root.bytes(), {}, ChunkKind::list));
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (!contents_[i]) continue;
    ++layer.files;
    if (leaders_[i] == i) layer.size_bytes += contents_[i]->size;
  }
  return layer;
}

// A previous tree that cannot be read is no reason not to capture: then all is read again.
void TreeWriter::load_previous(const Layer& previous) {
  try {
    const TreeReader reader(chunks_.reader());
    list_before_ = layer_content(previous, chunks_.reader());
    blocks_before_ = reader.blocks(previous);
    std::size_t total = 0;
    for (const BlockRef& block : blocks_before_) total += block.entries;
    before_.reserve(std::min(total, most_reserved));
    for (const BlockRef& block : blocks_before_) {
      starts_before_.push_back(static_cast<std::uint32_t>(before_.size()));
      std::ranges::move(reader.entries(block), std::back_inserter(before_));
    }
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
    list_before_.reset();
    blocks_before_.clear();
    starts_before_.clear();
    before_.clear();
  }
}

// Both are in the order of trees. In parts, because asking for every chunk takes as long as all the rest.
void TreeWriter::compare_with_previous(std::int64_t captured_at_ns) {
  const std::size_t parts = base::usable_cpus();
  base::run_parallel(static_cast<unsigned>(parts), [&](unsigned part) {
    ChunkReader chunks(session_.store());
    compare_part(order_.size() * part / parts, order_.size() * (part + 1) / parts, captured_at_ns, chunks);
  });
}

void TreeWriter::compare_part(std::size_t from, std::size_t to, std::int64_t captured_at_ns,
                              ChunkReader& chunks) {
  if (from == to) return;
  const auto path_of = [](const Entry& entry) -> std::string_view { return entry.node.path; };
  auto then =
      std::ranges::lower_bound(before_, std::string_view(nodes_[order_[from]].path), path_less, path_of);
  for (std::size_t position = from; position < to; ++position) {
    const std::uint32_t i = order_[position];
    Node& node = nodes_[i];
    while (then != before_.end() && then->node.path != node.path && path_less(then->node.path, node.path)) {
      ++then;
    }
    if (then == before_.end()) return;
    if (then->node.path != node.path || then->node.type != node.type) continue;
    const bool same = is_unchanged(node, then->node, captured_at_ns);
    if (same && !node.is_complete) {
      node.xattrs = then->node.xattrs;  // a change of them would have changed the ctime
      node.is_complete = true;
    }
    const bool is_file = node.type == NodeType::file;
    const bool is_kept = same && (!is_file || is_stored(then->content, chunks));
    if (is_kept && node == then->node) equals_[i] = static_cast<std::uint32_t>(then - before_.begin());
    if (is_file && is_kept) {
      contents_[i] = std::move(then->content);
    } else if (is_file) {
      earlier_[i] = &then->content;
    }
  }
}

// Guards against a pack that was lost since: reusing its chunks would make a snapshot with holes.
bool TreeWriter::is_stored(const Content& content, ChunkReader& chunks) {
  const auto known = [&](const Extent& e) { return e.is_hole || session_.store().contains(e.id); };
  if (!std::ranges::all_of(content.extents, known)) return false;
  return content.depth == 0 || std::ranges::all_of(load_extents(content, chunks), known);
}

std::vector<std::size_t> TreeWriter::find_wanted() {
  std::vector<std::size_t> wanted;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].type != NodeType::file || leaders_[i] != i) continue;
    if (nodes_[i].size == 0 && nodes_[i].is_complete) contents_[i] = Content{};
    if (contents_[i]) {
      ++stats_.files_unchanged;
    } else {
      wanted.push_back(i);
    }
  }
  return wanted;
}

// Large files first, so that the last batches are small and the threads end together.
std::vector<TreeWriter::Batch> TreeWriter::make_batches(const std::vector<std::size_t>& wanted) const {
  std::vector<Batch> batches(1);
  for (const std::size_t i : wanted) {
    Batch& last = batches.back();
    if (!last.files.empty() &&
        (last.bytes + nodes_[i].size > batch_bytes || last.files.size() == batch_files)) {
      batches.emplace_back();
    }
    batches.back().files.push_back(i);
    batches.back().bytes += nodes_[i].size;
  }
  std::ranges::stable_sort(batches, std::greater<>(), [](const Batch& b) { return b.bytes / batch_bytes; });
  return batches;
}

void TreeWriter::read_wanted(TreeSource& source, const std::vector<std::size_t>& wanted,
                             std::vector<Skipped>& skipped) {
  std::uint64_t total = 0;
  for (const std::size_t i : wanted) total += nodes_[i].size;
  progress_.begin("reading files", total);
  base::LockedProgress progress(progress_);
  // One reader gets all at once, in its own order.
  const unsigned most = source.readers();
  const auto batches = most > 1 ? make_batches(wanted) : std::vector<Batch>{{wanted, total}};
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(most, batches.size()));
  std::atomic<std::size_t> next = 0;
  std::mutex results;
  base::run_parallel(threads, [&](unsigned number) {
    std::optional<ChunkWriter> own;
    if (number != 0) own.emplace(session_);
    WriteStats stats;
    std::vector<Skipped> left_out;
    FileReceiver receiver({nodes_, contents_, earlier_}, number == 0 ? chunks_ : *own, left_out, stats,
                          progress);
    for (std::size_t i = next++; i < batches.size(); i = next++) {
      if (batches[i].files.empty()) continue;
      receiver.expect(batches[i].files);
      source.read(nodes_, batches[i].files, receiver.callbacks());
      receiver.finish();
    }
    if (own) own->finish();
    const std::lock_guard guard(results);
    stats_.read_bytes += stats.read_bytes;
    stats_.files_changed += stats.files_changed;
    skipped.insert(skipped.end(), left_out.begin(), left_out.end());
  });
  progress_.end();
}

void TreeWriter::share_hard_links(std::vector<Skipped>& skipped) {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const std::uint32_t leader = leaders_[i];
    if (leader == i) continue;
    contents_[i] = contents_[leader];
    const Node& first = nodes_[leader];
    Node& node = nodes_[i];
    node.size = first.size;
    node.mtime_ns = first.mtime_ns;
    node.ctime_ns = first.ctime_ns;
    node.xattrs = first.xattrs;
    if (equals_[leader] == no_entry) equals_[i] = no_entry;
    if (!contents_[i])
      skipped.push_back({node.path, "a hard link of '" + first.path + "', which was skipped"});
  }
}

Content TreeWriter::write_entries() {
  std::erase_if(order_, [&](std::uint32_t i) { return nodes_[i].type == NodeType::file && !contents_[i]; });
  ContentWriter list(chunks_);
  if (list_before_) list.follow(*list_before_);
  list.write(serialise(write_blocks()));
  return list.finish();
}

std::vector<BlockRef> TreeWriter::write_blocks() {
  std::vector<BlockRef> blocks;
  std::size_t position = 0;
  while (position < order_.size()) {
    const BlockRef* unchanged = unchanged_block(position);
    blocks.push_back(unchanged != nullptr ? *unchanged : write_block(position));
    position += blocks.back().entries;
  }
  return blocks;
}

// Whether a block ends before the node at this position.
bool TreeWriter::ends_block(std::size_t position, std::size_t entries, std::size_t bytes) const {
  if (position == order_.size() || bytes > block_bytes_at_most) return true;
  return entries >= block_entries_at_least && begins_block(nodes_[order_[position]].path);
}

BlockRef TreeWriter::write_block(std::size_t position) {
  BlockRef block{nodes_[order_[position]].path, 0, 0, {}};
  ByteWriter bytes;
  std::string last;
  do {
    const std::uint32_t i = order_[position++];
    serialise({nodes_[i], contents_[i].value_or(Content{})}, last, bytes);
    last = nodes_[i].path;
    ++block.entries;
  } while (!ends_block(position, block.entries, bytes.bytes().size()));
  // Most of what a changed block holds stood in the block that began at or before its first path.
  std::vector<Hash> bases;
  auto old = std::ranges::upper_bound(blocks_before_, block.first, path_less, &BlockRef::first);
  if (old != blocks_before_.begin()) bases.push_back(std::prev(old)->id);
  block.length = static_cast<std::uint32_t>(bytes.bytes().size());
  block.id = chunks_.put(bytes.bytes(), bases, ChunkKind::list);
  return block;
}

// The block of the previous tree that would be written from this position on, if there is one: it need not be
// made again to see that.
const BlockRef* TreeWriter::unchanged_block(std::size_t position) const {
  const std::uint32_t first = equals_[order_[position]];
  const auto start = std::ranges::lower_bound(starts_before_, first);
  if (start == starts_before_.end() || *start != first) return nullptr;
  const BlockRef& block = blocks_before_[static_cast<std::size_t>(start - starts_before_.begin())];
  const std::size_t end = position + block.entries;
  if (end > order_.size() || !ends_block(end, block.entries, block.length)) return nullptr;
  for (std::uint32_t i = 0; i < block.entries; ++i) {
    if (equals_[order_[position + i]] != first + i) return nullptr;
  }
  return session_.store().contains(block.id) ? &block : nullptr;
}

}  // namespace deskloom::snapshot
