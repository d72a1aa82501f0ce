#include "snapshot/tree_object.hpp"

#include <algorithm>
#include <cstring>

#include "snapshot/store.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t typical_entry_bytes = 128;
constexpr std::size_t name_limit = 255;
constexpr std::size_t target_limit = 4095;
constexpr std::size_t xattr_value_limit = 65535;  // Linux allows 64 KiB; text16 one byte less
constexpr std::size_t xattrs_limit = 256 << 10;   // of one node, so that an entry stays smaller than a chunk
constexpr std::uint64_t size_limit = std::uint64_t{1} << 60;

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

Node parse_node(ByteReader& in) {
  Node node;
  node.type = static_cast<NodeType>(in.integer<std::uint8_t>());
  node.mode = in.integer<std::uint32_t>();
  node.uid = in.integer<std::uint32_t>();
  node.gid = in.integer<std::uint32_t>();
  node.size = in.integer<std::uint64_t>();
  node.mtime_ns = static_cast<std::int64_t>(in.integer<std::uint64_t>());
  node.ctime_ns = static_cast<std::int64_t>(in.integer<std::uint64_t>());
  node.inode = in.integer<std::uint64_t>();
  node.link_group = in.integer<std::uint64_t>();
  node.device = in.integer<std::uint64_t>();
  node.target = in.text16();
  const auto xattrs = in.integer<std::uint16_t>();
  for (std::uint16_t i = 0; i < xattrs; ++i) {
    std::string name = in.text16();
    node.xattrs.emplace_back(std::move(name), in.text16());
  }
  return node;
}

std::string xattr_problem(const Node& node) {
  const std::string* previous = nullptr;
  std::size_t total = 0;
  for (const auto& [name, value] : node.xattrs) {
    if (name.empty() || name.size() > name_limit || has_nul(name))
      return "an invalid extended attribute name";
    total += name.size() + value.size();
    if (value.size() > xattr_value_limit || total > xattrs_limit)
      return "extended attributes that are too large";
    if (previous != nullptr && *previous >= name) return "extended attributes out of order";
    previous = &name;
  }
  return {};
}

// How many octets two paths begin with in common. Eight at a time: neighbours in a tree share most of theirs.
std::size_t shared_prefix(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t shared = 0;
  while (most - shared >= 8 && std::memcmp(&a[shared], &b[shared], 8) == 0) shared += 8;
  while (shared < most && a[shared] == b[shared]) ++shared;
  return shared;
}

void check_entry(const Entry& entry, ByteReader& in) {
  const std::string problem = node_problem(entry.node);
  if (!problem.empty()) in.fail("an entry has " + problem);
  const bool has_content = entry.node.type == NodeType::file;
  if (!has_content && entry.content != Content{}) in.fail("an entry has content that cannot have any");
  if (entry.node.type == NodeType::file && entry.node.size != entry.content.size) {
    in.fail("a file's size is not its content's");
  }
}

}  // namespace

std::string node_problem(const Node& node) {
  const bool is_device = node.type == NodeType::block_device || node.type == NodeType::char_device;
  if (node.type > NodeType::char_device) return "an unknown type";
  if (node.mode > 07777) return "an impossible mode";
  if (node.size > size_limit) return "an impossible size";
  if (node.type != NodeType::file && node.size != 0) return "a size without being a file";
  if (node.type == NodeType::directory && node.link_group != 0) {
    return "hard links to a directory";
  }
  if (!is_device && node.device != 0) return "a device number without being a device";
  if ((node.type == NodeType::symlink) == node.target.empty()) return "a wrong symbolic link target";
  if (node.target.size() > target_limit || has_nul(node.target)) return "an impossible symbolic link target";
  return xattr_problem(node);
}

bool path_less(std::string_view a, std::string_view b) {
  const auto weight = [](char c) { return c == '/' ? -1 : static_cast<int>(static_cast<unsigned char>(c)); };
  const std::size_t shared = shared_prefix(a, b);
  if (shared == a.size() || shared == b.size()) return a.size() < b.size();
  return weight(a[shared]) < weight(b[shared]);
}

// FNV-1a (Fowler, Noll, Vo), folded: about one path in 128.
bool begins_block(std::string_view path) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return ((hash ^ (hash >> 32)) & 127) == 0;
}

void serialise(const Entry& entry, const std::string& previous_path, ByteWriter& out) {
  const Node& node = entry.node;
  const std::size_t shared = std::min<std::size_t>(shared_prefix(previous_path, node.path), 0xffff);
  out.integer(static_cast<std::uint16_t>(shared)).text16(std::string_view(node.path).substr(shared));
  out.integer(static_cast<std::uint8_t>(node.type));
  out.integer(node.mode).integer(node.uid).integer(node.gid).integer(node.size);
  out.integer(static_cast<std::uint64_t>(node.mtime_ns)).integer(static_cast<std::uint64_t>(node.ctime_ns));
  out.integer(node.inode).integer(node.link_group).integer(node.device).text16(node.target);
  out.integer(static_cast<std::uint16_t>(node.xattrs.size()));
  for (const auto& [name, value] : node.xattrs) out.text16(name).text16(value);
  serialise(entry.content, out);
}

Bytes serialise(const std::vector<BlockRef>& list) {
  ByteWriter out;
  out.integer(version);
  for (const BlockRef& block : list) {
    out.text16(block.first).integer(block.entries).integer(block.length).raw(block.id.bytes);
  }
  return out.bytes();
}

std::vector<Entry> parse_block(ByteView bytes, const std::string& origin) {
  ByteReader in(bytes, origin);
  std::vector<Entry> entries;
  entries.reserve(bytes.size() / typical_entry_bytes);
  std::string path;
  while (in.left() > 0) {
    const std::size_t shared = in.integer<std::uint16_t>();
    if (shared > path.size()) in.fail("an entry shares more of a path than there is");
    path.resize(shared);
    path += in.text16();
    Entry entry;
    entry.node = parse_node(in);
    entry.node.path = path;
    entry.content = parse_content(in);
    if (!is_safe_path(path)) in.fail("an unsafe path");
    if (!entries.empty() && !path_less(entries.back().node.path, path)) in.fail("paths out of order");
    check_entry(entry, in);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<BlockRef> parse_list(ByteView bytes, const std::string& origin) {
  ByteReader in(bytes, origin);
  if (in.integer<std::uint8_t>() != version) in.fail("unknown version of a tree");
  std::vector<BlockRef> list;
  while (in.left() > 0) {
    BlockRef block;
    block.first = in.text16();
    block.entries = in.integer<std::uint32_t>();
    block.length = in.integer<std::uint32_t>();
    std::ranges::copy(in.raw(block.id.bytes.size()), block.id.bytes.begin());
    if (!list.empty() && !path_less(list.back().first, block.first)) in.fail("blocks out of order");
    list.push_back(std::move(block));
  }
  if (list.empty() || !list.front().first.empty()) in.fail("a tree without a root");
  return list;
}

}  // namespace deskloom::snapshot
