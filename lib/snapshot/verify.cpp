#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/manifest.hpp"
#include "snapshot/tree_check.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

// Object (as VerifyProblem names it) to what is wrong with it.
using Problems = std::map<std::string, std::string>;
using Damage = std::set<std::string>;  // objects

class Verifier {
 public:
  // Its own view of the packs: the store's may be older than the damage.
  Verifier(const StoreRoot& root, bool full) : full_(full), chunks_(root), reader_(chunks_) {}

  void check_index();
  void check_packs(base::Progress& progress, VerifyReport& report);
  void check_layer(const Layer& layer, Damage& damage);
  const Problems& problems() const { return problems_; }
  void add(const std::string& object, const std::string& problem) { problems_.emplace(object, problem); }

 private:
  void check_pack(const std::string& id, const std::vector<PackEntry>& entries, base::Progress& progress,
                  VerifyReport& report);
  void check_copy(const Index::Location& copy, VerifyReport& report);
  void add_damaged(const Index::Location& copy, const std::string& problem);
  void check_sealed(const std::string& id, VerifyReport& report);
  void require(const Hash& id, Damage& damage);
  void check_content(const Content& content, Damage& damage);
  const Damage& check_block(const BlockRef& block);
  void check_tree(const Layer& layer, Damage& damage);
  // What goes wrong in it is damage to object.
  template <typename Check>
  void guard(const std::string& object, Damage& damage, const Check& check);

  bool full_;
  ChunkStore chunks_;
  ChunkReader reader_;
  Problems problems_;
  std::map<Hash, Damage> blocks_;  // most are shared between snapshots
};

template <typename Check>
void Verifier::guard(const std::string& object, Damage& damage, const Check& check) {
  try {
    check();
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
    if (damage.empty()) {
      add(object, error.what());
      damage.insert(object);
    }
  }
}

void Verifier::check_index() {
  chunks_.index().drop_damaged();
  for (const fs::path& path : chunks_.index().damaged()) {
    add(path.string(), "is damaged; 'deskloom snapshot gc' makes it anew from its packs");
  }
}

// What each pack holds, by the tables; what no table knows, by the pack itself.
std::map<std::string, std::vector<PackEntry>> list_packs(ChunkStore& chunks) {
  std::map<std::string, std::vector<PackEntry>> packs;
  for (const auto& table : chunks.index().tables()) {
    std::vector<std::vector<PackEntry>*> lists;
    for (const IndexedPack& pack : table->packs()) lists.push_back(&packs[pack.id]);
    for (std::uint32_t i = 0; i < table->size(); ++i) {
      const IndexedChunk chunk = table->at(i);
      lists[chunk.pack]->push_back(chunk.entry);
    }
  }
  for (const std::string& id : chunks.pack_ids()) {
    if (!packs.contains(id)) packs[id] = scan_whole(chunks.pack_path(id), chunks.seal()).entries;
  }
  return packs;
}

void Verifier::check_packs(base::Progress& progress, VerifyReport& report) {
  const auto packs = list_packs(chunks_);
  std::uint64_t total = 0;
  for (const auto& [id, entries] : packs) {
    std::error_code missing;
    const auto size = fs::file_size(chunks_.pack_path(id), missing);
    if (!missing) total += size;
  }
  progress.begin("verifying packs", total);
  for (const auto& [id, entries] : packs) check_pack(id, entries, progress, report);
  progress.end();
}

void Verifier::check_pack(const std::string& id, const std::vector<PackEntry>& entries,
                          base::Progress& progress, VerifyReport& report) {
  std::error_code missing;
  const std::uint64_t size = fs::file_size(chunks_.pack_path(id), missing);
  ++report.packs;
  report.chunks += entries.size();
  if (missing) {
    chunks_.index().ignore_pack(id);
    if (chunks_.condemned().contains(id)) return;  // a collection was interrupted, and the next goes on
    add(chunks_.pack_path(id).string(), "is missing");
    for (const PackEntry& entry : entries) {
      if (!chunks_.locate(entry.id)) add(to_hex(entry.id), "its pack is missing");
    }
    return;
  }
  std::vector<PackEntry> in_order = entries;
  std::ranges::sort(in_order, {}, [](const PackEntry& e) { return std::pair(e.frame_offset, e.at); });
  for (const PackEntry& entry : in_order) {
    if (std::uint64_t{entry.frame_offset} + entry.frame_bytes > size) {
      add_damaged({id, entry}, chunks_.pack_path(id).string() + ": chunk is cut off");
    } else if (full_ && !chunks_.seal().is_locked()) {
      check_copy({id, entry}, report);
    }
  }
  if (full_ && chunks_.seal().is_locked()) check_sealed(id, report);
  progress.advance(size);
}

void Verifier::check_copy(const Index::Location& copy, VerifyReport& report) {
  try {
    report.read_bytes += reader_.read_copy(copy).size();
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
    add_damaged(copy, error.what());
  }
}

// Damage to one copy of a chunk costs no snapshot anything while there is another, until a collection leaves
// only that one.
void Verifier::add_damaged(const Index::Location& copy, const std::string& problem) {
  chunks_.index().distrust(copy);
  if (chunks_.contains(copy.entry.id)) {
    add(to_hex(copy.entry.id) + " in " + copy.pack, problem + "; snapshots are read from another copy");
  } else {
    add(to_hex(copy.entry.id), problem);
  }
}

// Without the key: whether every frame is as it was written.
void Verifier::check_sealed(const std::string& id, VerifyReport& report) {
  const fs::path path = chunks_.pack_path(id);
  const PackScan scan = scan_whole(path, chunks_.seal());
  report.read_bytes += scan.size_bytes;
  if (scan.damaged > 0) add(path.string(), std::to_string(scan.damaged) + " places in it are damaged");
}

void Verifier::require(const Hash& id, Damage& damage) {
  const std::string object = to_hex(id);
  if (!chunks_.locate(id)) add(object, "chunk is in no pack");
  if (problems_.contains(object)) damage.insert(object);
}

void Verifier::check_content(const Content& content, Damage& damage) {
  for (const Extent& extent : content.extents) {
    if (!extent.is_hole) require(extent.id, damage);
  }
  if (content.depth == 0 || !damage.empty()) return;
  guard("chunk list " + to_hex(content.extents.front().id), damage, [&] {
    for (const Extent& extent : load_extents(content, reader_)) {
      if (!extent.is_hole) require(extent.id, damage);
    }
  });
}

const Damage& Verifier::check_block(const BlockRef& block) {
  const auto [found, is_new] = blocks_.try_emplace(block.id);
  Damage& damage = found->second;
  if (!is_new) return damage;
  require(block.id, damage);
  if (!damage.empty()) return damage;
  guard("tree block " + to_hex(block.id), damage, [&] {
    for (const Entry& entry : TreeReader(reader_).entries(block)) check_content(entry.content, damage);
  });
  return damage;
}

void Verifier::check_tree(const Layer& layer, Damage& damage) {
  check_content(layer_content(layer, reader_), damage);
  if (!damage.empty()) return;
  for (const BlockRef& block : TreeReader(reader_).blocks(layer)) {
    const Damage& in_block = check_block(block);
    damage.insert(in_block.begin(), in_block.end());
  }
  // The shape of the whole, which blocks by themselves do not show: each snapshot's blocks are read for it.
  if (full_ && damage.empty()) TreeReader(reader_).walk(layer, [](Entry&) {});
}

void Verifier::check_layer(const Layer& layer, Damage& damage) {
  require(parse_hash(layer.root, layer.name), damage);
  if (!damage.empty()) return;
  guard("layer " + layer.root, damage, [&] {
    if (layer.kind == "tree") {
      check_tree(layer, damage);
    } else {
      for (const Content& content : layer_contents(layer, reader_)) check_content(content, damage);
    }
  });
}

}  // namespace

VerifyReport DirectoryStore::verify(bool full, base::Progress& progress) const {
  VerifyReport report;
  Verifier verifier(root_, full);
  verifier.check_index();
  verifier.check_packs(progress, report);
  std::map<std::string, std::vector<std::string>> affected;
  for (const std::string& id : list()) {
    ++report.snapshots;
    Damage damage;
    try {
      if (root_.seal->is_locked()) {
        static_cast<void>(id_of_sealed_manifest(get_manifest(id), path_of(id).string()));
        continue;
      }
      for (const Layer& layer : get(id).layers) {
        Damage in_layer;
        verifier.check_layer(layer, in_layer);
        damage.merge(in_layer);
      }
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::corrupt) throw;
      verifier.add(id, error.what());
      damage.insert(id);
    }
    for (const std::string& object : damage) affected[object].push_back(id);
  }
  for (const auto& [object, problem] : verifier.problems()) {
    report.problems.push_back({object, problem, affected[object]});
  }
  return report;
}

}  // namespace deskloom::snapshot
