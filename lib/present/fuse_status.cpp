#include "present/fuse_status.hpp"

#include <unistd.h>

#include "present/type_bits.hpp"

namespace deskloom::present {
namespace {

using snapshot::Node;
using snapshot::NodeType;

constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::uint64_t sector_bytes = 512;
constexpr blksize_t preferred_read_bytes = 128 << 10;

timespec to_timespec(std::int64_t ns) {
  std::int64_t seconds = ns / ns_per_s;
  if (ns % ns_per_s < 0) --seconds;
  return {seconds, ns - seconds * ns_per_s};
}

std::uint64_t data_bytes(const snapshot::RandomReader& file) {
  std::uint64_t total = 0;
  for (const auto& range : file.data_ranges()) total += range.size;
  return total;
}

struct stat status_above(const ShownTrees& trees, ShownTrees::Inode inode, const ShownTrees::Place& place) {
  struct stat status {};
  status.st_ino = inode;
  status.st_mode = S_IFDIR | 0555;
  status.st_nlink = 2;
  status.st_uid = ::geteuid();
  status.st_gid = ::getegid();
  status.st_mtim = status.st_ctim = status.st_atim = to_timespec(trees.created_at_ns(place));
  return status;
}

}  // namespace

struct stat status_of(const ShownTrees& trees, ShownTrees::Inode inode) {
  const ShownTrees::Place place = trees.place_of(inode);
  if (!place.view) return status_above(trees, inode, place);
  const Node node = place.view->node(place.number);
  struct stat status {};
  status.st_ino = inode;
  status.st_mode = type_bits(node.type) | node.mode;
  status.st_nlink = node.type == NodeType::directory ? 2 : place.view->links(place.number).count;
  status.st_uid = node.uid;
  status.st_gid = node.gid;
  status.st_rdev = node.device;
  status.st_size = static_cast<off_t>(node.type == NodeType::symlink ? node.target.size() : node.size);
  status.st_blksize = preferred_read_bytes;
  if (node.type == NodeType::file && node.size > 0) {
    const auto data = data_bytes(*place.view->open(place.number));
    status.st_blocks = static_cast<blkcnt_t>((data + sector_bytes - 1) / sector_bytes);
  }
  status.st_mtim = status.st_atim = to_timespec(node.mtime_ns);
  status.st_ctim = to_timespec(node.ctime_ns);
  return status;
}

}  // namespace deskloom::present
