#include "snapshot/tree_writer.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "snapshot/file_receiver.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

// Coarser than any file system's time stamps (FAT: 2 s): a change made in the same tick as the last capture
// read the file would not show.
constexpr std::int64_t racy_margin_ns = 3'000'000'000;

bool is_unchanged(const Node& now, const Node& then, std::int64_t captured_at_ns) {
  return now.size == then.size && now.mtime_ns == then.mtime_ns && now.ctime_ns == then.ctime_ns &&
         now.inode == then.inode && now.inode != 0 &&
         std::max(now.mtime_ns, now.ctime_ns) < captured_at_ns - racy_margin_ns;
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
                        std::vector<Skipped>& skipped) {
  Layer layer{name, "tree", {}, 0, 0, source.clock_ns()};
  tree_ = check_tree(source.list(skipped));
  contents_.assign(tree_.nodes.size(), std::nullopt);
  leaders_ = find_leaders(tree_.nodes);
  if (previous != nullptr) reuse_unchanged(*previous);
  read_wanted(source, find_wanted(), skipped);
  share_hard_links(skipped);
  layer.root = to_hex(chunks_.put(serialise_directory({build_entry(0)})));
  for (std::uint32_t i = 0; i < tree_.nodes.size(); ++i) {
    if (!contents_[i]) continue;
    ++layer.files;
    if (leaders_[i] == i) layer.size_bytes += contents_[i]->size;
  }
  return layer;
}

// A previous tree that cannot be read is no reason not to capture: then all is read again.
void TreeWriter::reuse_unchanged(const Layer& previous) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < tree_.nodes.size(); ++i) {
    if (tree_.nodes[i].type == NodeType::file) numbers.emplace(tree_.nodes[i].path, i);
  }
  try {
    TreeReader(store_).walk(previous, [&](const std::string& path, const Entry& entry) {
      const auto found = numbers.find(path);
      if (entry.node.type == NodeType::file && found != numbers.end() &&
          is_unchanged(tree_.nodes[found->second], entry.node, previous.captured_at_ns) &&
          is_stored(entry.content)) {
        contents_[found->second] = entry.content;
      }
      return true;
    });
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
    std::ranges::fill(contents_, std::nullopt);
  }
}

// Guards against a pack that was lost since: reusing its chunks would make a snapshot with holes.
bool TreeWriter::is_stored(const Content& content) {
  const auto known = [&](const Extent& e) { return e.is_hole || store_.contains(e.id); };
  if (!std::ranges::all_of(content.extents, known)) return false;
  return content.depth == 0 || std::ranges::all_of(load_extents(content, store_), known);
}

std::vector<std::size_t> TreeWriter::find_wanted() {
  std::vector<std::size_t> wanted;
  for (std::uint32_t i = 0; i < tree_.nodes.size(); ++i) {
    if (tree_.nodes[i].type != NodeType::file || leaders_[i] != i) continue;
    if (tree_.nodes[i].size == 0) contents_[i] = Content{};
    if (contents_[i]) {
      ++stats_.files_unchanged;
    } else {
      wanted.push_back(i);
    }
  }
  return wanted;
}

void TreeWriter::read_wanted(TreeSource& source, const std::vector<std::size_t>& wanted,
                             std::vector<Skipped>& skipped) {
  std::uint64_t total = 0;
  for (const std::size_t i : wanted) total += tree_.nodes[i].size;
  progress_.begin("reading files", total);
  FileReceiver receiver(tree_.nodes, wanted, contents_, skipped, content_writer_, stats_, progress_);
  if (!wanted.empty()) source.read(wanted, receiver.callbacks());
  receiver.finish();
  progress_.end();
}

void TreeWriter::share_hard_links(std::vector<Skipped>& skipped) {
  for (std::uint32_t i = 0; i < tree_.nodes.size(); ++i) {
    const std::uint32_t leader = leaders_[i];
    if (leader == i) continue;
    contents_[i] = contents_[leader];
    const Node& first = tree_.nodes[leader];
    Node& node = tree_.nodes[i];
    node.size = first.size;
    node.mtime_ns = first.mtime_ns;
    node.ctime_ns = first.ctime_ns;
    if (!contents_[i])
      skipped.push_back({node.path, "a hard link of '" + first.path + "', which was skipped"});
  }
}

Entry TreeWriter::build_entry(std::uint32_t index) {
  Entry entry{tree_.nodes[index], {}};
  entry.node.path = base_name(entry.node.path);
  if (entry.node.type == NodeType::file) entry.content = *contents_[index];
  if (entry.node.type == NodeType::directory) {
    content_writer_.write(serialise_directory(build_children(index)));
    entry.content = content_writer_.finish();
  }
  return entry;
}

std::vector<Entry> TreeWriter::build_children(std::uint32_t directory) {
  std::vector<Entry> entries;
  for (const std::uint32_t child : tree_.children[directory]) {
    const bool left_out = tree_.nodes[child].type == NodeType::file && !contents_[child];
    if (!left_out) entries.push_back(build_entry(child));
  }
  return entries;
}

}  // namespace deskloom::snapshot
