#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "snapshot/tree.hpp"

namespace deskloom::snapshot {

// One file of a tree, or one image, read anywhere. Safe for several threads.
class RandomReader {
 public:
  virtual ~RandomReader() = default;
  // Fewer bytes than asked for only at the end. Throws Error(corrupt) naming pack and chunk.
  virtual std::size_t read(std::span<std::byte> buffer, std::uint64_t offset) = 0;
  virtual const std::vector<DataRange>& data_ranges() const = 0;  // ascending
};

// A stored tree to look around in, as a file system does: what is not looked at is not read. Its nodes have
// numbers from 0, the root, in the order of trees: they never change. Safe for several threads. Everything
// throws Error(corrupt) naming pack and chunk.
class TreeView {
 public:
  virtual ~TreeView() = default;

  virtual std::uint64_t size() const = 0;  // how many nodes there are
  virtual Node node(std::uint64_t number) const = 0;
  virtual std::optional<std::uint64_t> find(const std::string& path) const = 0;
  struct Child {
    std::string name;
    std::uint64_t number = 0;
    NodeType type = NodeType::file;
  };
  virtual std::vector<Child> children(std::uint64_t directory) const = 0;
  // The hard links of one file: the number of the first, and how many there are.
  struct Links {
    std::uint64_t first = 0;
    std::uint32_t count = 1;
  };
  virtual Links links(std::uint64_t number) const = 0;
  virtual std::unique_ptr<RandomReader> open(std::uint64_t number) const = 0;  // files only
};

}  // namespace deskloom::snapshot
