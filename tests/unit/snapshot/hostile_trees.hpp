#pragma once

#include <string>
#include <vector>

#include "snapshot/bytes.hpp"
#include "snapshot/store.hpp"
#include "snapshot/tree_object.hpp"

// Trees that no capture makes, as a store from elsewhere could hold them.
namespace deskloom::test {

snapshot::Entry entry_at(const std::string& path, snapshot::NodeType type = snapshot::NodeType::file);
snapshot::Bytes block_of(const std::vector<snapshot::Entry>& entries);
// In the store in this directory, a tree of one block.
snapshot::Layer plant_tree(const std::filesystem::path& store, snapshot::ByteView block,
                           std::uint32_t entries);
// A snapshot of it, of this user. Returns its id.
std::string plant_snapshot(const std::filesystem::path& store, const snapshot::Layer& tree,
                           const std::string& user);

}  // namespace deskloom::test
