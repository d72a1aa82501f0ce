#include "snapshot/tree_reader.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::uint64_t directory_limit_bytes = 1 << 30;
// A few directories that name each other over and over could stand for more nodes than fit anywhere.
constexpr std::uint64_t node_limit = 1 << 26;

[[noreturn]] void fail(const std::string& problem) {
  throw base::Error(base::ErrorKind::corrupt, problem, "run deskloom snapshot verify");
}

}  // namespace

std::string join_path(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

Entry TreeReader::root(const Layer& layer) const {
  const std::string origin = "tree " + layer.root;
  const Bytes object = chunks_.read(parse_hash(layer.root, origin));
  return std::move(parse_directory(object, origin, true).front());
}

std::vector<Entry> TreeReader::children(const Entry& directory, const std::string& path) const {
  // Nesting ends where a path would be longer than any system takes, so that no depth is trusted.
  if (!is_safe_path(path)) fail("a stored tree is nested too deeply");
  const Bytes object = read_content(directory.content, chunks_, directory_limit_bytes);
  return parse_directory(object, "directory '" + base::printable(path) + "'", false);
}

void TreeReader::walk(const Layer& layer, const Visit& visit) const {
  const Entry top = root(layer);
  std::uint64_t visited = 0;
  if (visit("", top)) walk_below(top, "", visit, visited);
}

void TreeReader::walk_below(const Entry& directory, const std::string& path, const Visit& visit,
                            std::uint64_t& visited) const {
  for (const Entry& entry : children(directory, path)) {
    if (++visited > node_limit) fail("a stored tree has more nodes than any can have");
    const std::string child = join_path(path, entry.node.path);
    if (!is_safe_path(child)) fail("a stored tree has a path that is too long");
    if (visit(child, entry) && entry.node.type == NodeType::directory)
      walk_below(entry, child, visit, visited);
  }
}

Entry TreeReader::find(const Layer& layer, const std::string& path) const {
  Entry at = root(layer);
  std::string done;
  while (done.size() < path.size()) {
    const std::size_t from = done.empty() ? 0 : done.size() + 1;
    const std::string name = path.substr(from, path.find('/', from) - from);
    std::vector<Entry> entries;
    if (at.node.type == NodeType::directory) entries = children(at, done);
    const auto found = std::ranges::find(entries, name, [](const Entry& e) { return e.node.path; });
    if (name.empty() || found == entries.end()) {
      throw base::Error(base::ErrorKind::not_found, "'" + base::printable(path) + "' is not in the snapshot");
    }
    done = join_path(done, name);
    at = std::move(*found);
  }
  return at;
}

}  // namespace deskloom::snapshot
