#pragma once

#include <string>
#include <vector>

#include "snapshot/content.hpp"
#include "snapshot/tree.hpp"

// A directory is the content of its entries, so that directories that did not change are shared between
// snapshots (a Merkle tree). A tree's root object is a content like a directory's, with one entry: the root
// itself, whose name is empty.
//
//   directory = version:u8 *entry               ; strictly ascending by name, as octets
//   entry     = name:text16 type:u8 mode:u32 uid:u32 gid:u32 size:u64 mtime-ns:i64 ctime-ns:i64 inode:u64
//               link-group:u64 device:u64 target:text16 xattrs:u16 *(name:text16 value:text16) content
//   text16    = length:u16 *OCTET
//   type      = 0 directory / 1 file / 2 symlink / 3 fifo / 4 socket / 5 block device / 6 character device
//
// The content of a directory is its directory object, that of a file its bytes, of others nothing.
namespace deskloom::snapshot {

struct Entry {
  Node node;  // path is the name alone
  Content content;
};

Bytes serialise_directory(const std::vector<Entry>& entries);
// Throws Error(corrupt) on anything outside the grammar or against the rules of Node.
std::vector<Entry> parse_directory(ByteView bytes, const std::string& origin, bool is_root_object);

// Why a node cannot be part of a tree, apart from its path; empty when it can.
std::string node_problem(const Node& node);

}  // namespace deskloom::snapshot
