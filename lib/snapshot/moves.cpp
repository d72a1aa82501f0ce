#include <algorithm>
#include <limits>
#include <unordered_map>

#include "base/path.hpp"
#include "snapshot/diff.hpp"
#include "snapshot/tree_check.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
// Shorter files are alike by chance: empty ones, flags, numbers.
constexpr std::uint64_t telling_bytes = 64;
// Of many equal files, so many are looked at for the likeliest.
constexpr std::size_t most_compared = 32;

// Equal for entries of equal content; empty for what is not followed.
std::string content_key(const Entry& entry) {
  if (entry.node.type == NodeType::symlink) return "link " + entry.node.target;
  if (entry.node.type != NodeType::file) return {};
  ByteWriter out;
  serialise(entry.content, out);
  return std::string(as_text(out.bytes()));
}

bool same_inode(const Entry& a, const Entry& b) {
  return a.node.inode != 0 && a.node.inode == b.node.inode && a.node.type == b.node.type;
}

class Moves {
 public:
  Moves(Entries& removed, Entries& added)
      : removed_(removed), added_(added), to_(removed.size(), none), from_(added.size(), none) {}

  std::vector<Change> take();

 private:
  void match_files();
  std::size_t likeliest(const Entry& entry, std::vector<std::size_t>& origins) const;
  void match_directories();
  std::size_t target_of(std::size_t directory, std::size_t end) const;
  bool is_equal_subtree(std::size_t from, std::size_t end, std::size_t to) const;
  void pair(std::size_t from, std::size_t to);
  void report(std::size_t from, std::uint64_t entries, std::uint64_t size);
  std::size_t find_added(const std::string& path) const;

  Entries& removed_;
  Entries& added_;
  std::vector<std::size_t> to_;                                 // per removed entry: where it is in added_
  std::vector<std::size_t> from_;                               // per added entry: where it was in removed_
  std::unordered_map<std::uint64_t, std::size_t> directories_;  // those added, by inode
  std::vector<Change> changes_;
};

// One behind the last entry below the directory.
std::size_t end_of(const Entries& entries, std::size_t directory) {
  std::size_t end = directory + 1;
  while (end < entries.size() && base::is_below(entries[end]->node.path, entries[directory]->node.path))
    ++end;
  return end;
}

std::size_t Moves::find_added(const std::string& path) const {
  const auto found = std::ranges::lower_bound(
      added_, path, path_less, [](const Entry* e) -> const std::string& { return e->node.path; });
  if (found == added_.end() || (*found)->node.path != path) return none;
  return static_cast<std::size_t>(found - added_.begin());
}

void Moves::pair(std::size_t from, std::size_t to) {
  if (to_[from] != none) from_[to_[from]] = none;
  if (from_[to] != none) to_[from_[to]] = none;
  to_[from] = to;
  from_[to] = from;
}

// The one of the same inode, or of the same name, or the first; it is taken out of origins.
std::size_t Moves::likeliest(const Entry& entry, std::vector<std::size_t>& origins) const {
  std::size_t best = none;
  int best_score = -1;
  for (std::size_t i = 0; i < std::min(origins.size(), most_compared); ++i) {
    const Entry& origin = *removed_[origins[i]];
    const bool is_same = same_inode(origin, entry);
    if (!is_same && (entry.node.type != NodeType::file || entry.node.size < telling_bytes)) continue;
    const int score = 2 * is_same + (base_name(origin.node.path) == base_name(entry.node.path));
    if (score > best_score) {
      best = i;
      best_score = score;
    }
  }
  if (best == none) return none;
  const std::size_t origin = origins[best];
  origins.erase(origins.begin() + static_cast<std::ptrdiff_t>(best));
  return origin;
}

void Moves::match_files() {
  std::unordered_map<std::string, std::vector<std::size_t>> by_content;
  for (std::size_t i = 0; i < removed_.size(); ++i) {
    if (auto key = content_key(*removed_[i]); !key.empty()) by_content[std::move(key)].push_back(i);
  }
  for (std::size_t i = 0; i < added_.size(); ++i) {
    const auto key = content_key(*added_[i]);
    const auto origins = key.empty() ? by_content.end() : by_content.find(key);
    if (origins == by_content.end()) continue;
    const std::size_t origin = likeliest(*added_[i], origins->second);
    if (origin != none) pair(origin, i);
  }
}

// Where a removed directory has probably gone: where the first file in it is now, or the directory of its
// inode.
std::size_t Moves::target_of(std::size_t directory, std::size_t end) const {
  const std::string& path = removed_[directory]->node.path;
  for (std::size_t i = directory + 1; i < end; ++i) {
    if (to_[i] == none) continue;
    const std::string_view below = std::string_view(removed_[i]->node.path).substr(path.size());
    const std::string& now = added_[to_[i]]->node.path;
    return now.ends_with(below) ? find_added(now.substr(0, now.size() - below.size())) : none;
  }
  const auto found = directories_.find(removed_[directory]->node.inode);
  return found == directories_.end() ? none : found->second;
}

bool Moves::is_equal_subtree(std::size_t from, std::size_t end, std::size_t to) const {
  if (end_of(added_, to) - to != end - from) return false;
  const std::size_t before = removed_[from]->node.path.size();
  const std::size_t now = added_[to]->node.path.size();
  for (std::size_t i = 0; i < end - from; ++i) {
    const Entry& a = *removed_[from + i];
    const Entry& b = *added_[to + i];
    const bool is_same_place =
        std::string_view(a.node.path).substr(before) == std::string_view(b.node.path).substr(now);
    if (!is_same_place || a.node.type != b.node.type || !same_content(a, b) || !same_metadata(a.node, b.node))
      return false;
  }
  return true;
}

void Moves::match_directories() {
  for (std::size_t i = 0; i < added_.size(); ++i) {
    const Node& node = added_[i]->node;
    if (node.type == NodeType::directory && node.inode != 0) directories_.emplace(node.inode, i);
  }
  for (std::size_t i = 0; i < removed_.size();) {
    const bool is_directory = removed_[i]->node.type == NodeType::directory;
    const std::size_t end = is_directory ? end_of(removed_, i) : i + 1;
    const std::size_t to = is_directory ? target_of(i, end) : none;
    if (to == none || added_[to]->node.type != NodeType::directory || !is_equal_subtree(i, end, to)) {
      ++i;
      continue;
    }
    std::uint64_t size = 0;
    for (std::size_t k = i; k < end; ++k) {
      pair(k, to + (k - i));
      size += removed_[k]->node.size;
    }
    report(i, end - i - 1, size);
    i = end;
  }
}

void Moves::report(std::size_t from, std::uint64_t entries, std::uint64_t size) {
  const Node& before = removed_[from]->node;
  changes_.push_back(
      {ChangeKind::renamed, added_[to_[from]]->node.path, before.type, size, size, before.path, entries});
}

std::vector<Change> Moves::take() {
  if (removed_.empty() || added_.empty()) return {};
  match_files();
  match_directories();
  std::string reported;  // the directory whose content is told by its own line
  Entries removed_only, added_only;
  std::size_t next = 0;
  const std::size_t directories = changes_.size();
  for (std::size_t i = 0; i < removed_.size(); ++i) {
    const std::string& path = removed_[i]->node.path;
    if (next < directories && path == changes_[next].old_path) reported = changes_[next++].old_path;
    const bool is_told = !reported.empty() && (path == reported || base::is_below(path, reported));
    if (to_[i] == none) {
      removed_only.push_back(removed_[i]);
    } else if (!is_told) {
      report(i, 0, removed_[i]->node.size);
    }
  }
  for (std::size_t i = 0; i < added_.size(); ++i) {
    if (from_[i] == none) added_only.push_back(added_[i]);
  }
  removed_ = std::move(removed_only);
  added_ = std::move(added_only);
  return std::move(changes_);
}

}  // namespace

std::vector<Change> take_moves(Entries& removed, Entries& added) { return Moves(removed, added).take(); }

}  // namespace deskloom::snapshot
