#include "snapshot/tree_reader.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/tree_check.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::uint64_t list_limit_bytes = 1 << 30;
constexpr std::uint64_t node_limit = 1 << 26;

[[noreturn]] void fail(const std::string& problem) {
  throw base::Error(base::ErrorKind::corrupt, problem, "run deskloom snapshot verify");
}

}  // namespace

std::vector<BlockRef> TreeReader::blocks(const Layer& layer) const {
  const Content content = layer_content(layer, chunks_);
  return parse_list(read_content(content, chunks_, list_limit_bytes), "tree " + layer.root);
}

std::vector<Entry> TreeReader::entries(const BlockRef& block) const {
  const std::string origin = "tree block " + to_hex(block.id);
  auto entries = parse_block(chunks_.read(block.id), origin);
  if (entries.empty() || entries.size() != block.entries || entries.front().node.path != block.first) {
    fail(origin + ": is not what the list of blocks says");
  }
  return entries;
}

void TreeReader::walk(const Layer& layer, const Visit& visit) const {
  TreeShape shape;
  std::uint64_t visited = 0;
  for (const BlockRef& block : blocks(layer)) {
    for (Entry& entry : entries(block)) {
      if (++visited > node_limit) fail("a stored tree has more nodes than any can have");
      if (const auto problem = shape.problem(entry.node); !problem.empty()) {
        fail("a stored tree has '" + base::printable(entry.node.path) + "': " + problem);
      }
      visit(entry);
    }
  }
}

Entry TreeReader::find(const Layer& layer, const std::string& path) const {
  const auto list = blocks(layer);
  auto block = std::ranges::upper_bound(list, path, path_less, &BlockRef::first);
  for (Entry& entry : entries(*--block)) {
    if (entry.node.path == path) return std::move(entry);
  }
  throw base::Error(base::ErrorKind::not_found, "'" + base::printable(path) + "' is not in the snapshot");
}

}  // namespace deskloom::snapshot
