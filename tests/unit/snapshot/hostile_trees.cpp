#include "hostile_trees.hpp"

#include "snapshot/content.hpp"
#include "snapshot/manifest.hpp"
#include "snapshot_builders.hpp"

namespace deskloom::test {

using namespace snapshot;

Entry entry_at(const std::string& path, NodeType type) { return {{path, type, 0644}, {}}; }

Bytes block_of(const std::vector<Entry>& entries) {
  ByteWriter out;
  std::string last;
  for (const Entry& entry : entries) {
    serialise(entry, last, out);
    last = entry.node.path;
  }
  return out.bytes();
}

Layer plant_tree(const std::filesystem::path& store, ByteView block, std::uint32_t entries) {
  ChunkStore chunks({store, Seal::none()});
  WriteSession session(chunks);
  ChunkWriter writer(session);
  ContentWriter list(writer);
  const auto length = static_cast<std::uint32_t>(block.size());
  list.write(serialise(std::vector<BlockRef>{{"", entries, length, writer.put(block)}}));
  ByteWriter root;
  serialise(list.finish(), root);
  const Hash id = writer.put(root.bytes());
  writer.finish();
  session.commit();
  return {"tree", "tree", to_hex(id), 0, 0, 0};
}

std::string plant_snapshot(const std::filesystem::path& store, const Layer& tree, const std::string& user) {
  Snapshot snapshot;
  snapshot.created_at = base::parse_rfc3339("2026-01-05T09:00:00.000Z");
  snapshot.layers = {tree};
  snapshot.metadata = {{"user", user}};
  const std::string manifest = encode_manifest(snapshot, *Seal::none());
  write_file(manifest_of(store, snapshot.id), manifest);
  return snapshot.id;
}

}  // namespace deskloom::test
