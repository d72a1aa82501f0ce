#pragma once

#include <string>
#include <vector>

#include "snapshot/content.hpp"
#include "snapshot/tree.hpp"

// A tree is one list of entries, each directory followed by all that is below it, names ascending as octets.
// It is cut into blocks where a path says so, whatever else changes, so that snapshots share the blocks
// between which nothing changed. The root of a tree is the content of its list of blocks.
//
//   list   = version:u8 *ref
//   ref    = first:text16 entries:u32 length:u32 id:32OCTET   ; a block, and the path that it begins with
//   block  = *entry
//   entry  = shared:u16 rest:text16 type:u8 mode:u32 uid:u32 gid:u32 size:u64 mtime-ns:i64 ctime-ns:i64
//            inode:u64 link-group:u64 device:u64 target:text16 xattrs:u16 *(name:text16 value:text16) content
//   text16 = length:u16 *OCTET
//   type   = 0 directory / 1 file / 2 symlink / 3 fifo / 4 socket / 5 block device / 6 character device
//
// The path of an entry is the first `shared` octets of the path before it in the block, and rest. The first
// entry of a tree is its root, a directory whose path is empty. Content is a file's bytes; others have none.
namespace deskloom::snapshot {

struct Entry {
  Node node;
  Content content;
};

struct BlockRef {
  std::string first;
  std::uint32_t entries = 0;
  std::uint32_t length = 0;
  Hash id;
  bool operator==(const BlockRef&) const = default;
};

// In the order of trees: as if '/' came before all other octets, so that a directory's own come right after
// it.
bool path_less(std::string_view a, std::string_view b);
// A block begins with this path, unless the one before is very short.
bool begins_block(std::string_view path);

void serialise(const Entry& entry, const std::string& previous_path, ByteWriter& out);
Bytes serialise(const std::vector<BlockRef>& list);
// Throw Error(corrupt) on anything outside the grammar or against the rules of Node. Whether parents come
// before what is below them only the whole tree shows: see TreeReader.
std::vector<Entry> parse_block(ByteView bytes, const std::string& origin);
std::vector<BlockRef> parse_list(ByteView bytes, const std::string& origin);

// Why a node cannot be part of a tree, apart from its path; empty when it can.
std::string node_problem(const Node& node);

}  // namespace deskloom::snapshot
