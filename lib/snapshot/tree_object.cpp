#include "snapshot/tree_object.hpp"

#include <algorithm>

#include "snapshot/store.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t name_limit = 255;
constexpr std::size_t target_limit = 4095;
constexpr std::size_t xattr_value_limit = 65535;  // Linux allows 64 KiB; text16 one byte less
constexpr std::size_t xattrs_limit = 256 << 10;   // of one node, so that an entry stays smaller than a chunk
constexpr std::uint64_t size_limit = std::uint64_t{1} << 60;

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

void serialise(const Entry& entry, ByteWriter& out) {
  const Node& node = entry.node;
  out.text16(node.path).integer(static_cast<std::uint8_t>(node.type));
  out.integer(node.mode).integer(node.uid).integer(node.gid).integer(node.size);
  out.integer(static_cast<std::uint64_t>(node.mtime_ns)).integer(static_cast<std::uint64_t>(node.ctime_ns));
  out.integer(node.inode).integer(node.link_group).integer(node.device).text16(node.target);
  out.integer(static_cast<std::uint16_t>(node.xattrs.size()));
  for (const auto& [name, value] : node.xattrs) out.text16(name).text16(value);
  serialise(entry.content, out);
}

Node parse_node(ByteReader& in) {
  Node node;
  node.path = in.text16();
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

bool is_name(const std::string& name) {
  return name.size() <= name_limit && name.find('/') == std::string::npos && is_safe_path(name);
}

void check_entry(const Entry& entry, ByteReader& in) {
  const std::string problem = node_problem(entry.node);
  if (!problem.empty()) in.fail("an entry has " + problem);
  const bool has_content = entry.node.type == NodeType::file || entry.node.type == NodeType::directory;
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

Bytes serialise_directory(const std::vector<Entry>& entries) {
  ByteWriter out;
  out.integer(version);
  for (const Entry& entry : entries) serialise(entry, out);
  return out.bytes();
}

std::vector<Entry> parse_directory(ByteView bytes, const std::string& origin, bool is_root_object) {
  ByteReader in(bytes, origin);
  if (in.integer<std::uint8_t>() != version) in.fail("unknown version of a directory");
  std::vector<Entry> entries;
  while (in.left() > 0) {
    Entry entry;
    entry.node = parse_node(in);
    entry.content = parse_content(in);
    if (!is_root_object && (entry.node.path.empty() || !is_name(entry.node.path))) in.fail("an unsafe name");
    if (!entries.empty() && entries.back().node.path >= entry.node.path) in.fail("names out of order");
    check_entry(entry, in);
    entries.push_back(std::move(entry));
  }
  const bool one_root =
      entries.size() == 1 && entries[0].node.path.empty() && entries[0].node.type == NodeType::directory;
  if (is_root_object && !one_root) in.fail("not the root of a tree");
  return entries;
}

}  // namespace deskloom::snapshot
