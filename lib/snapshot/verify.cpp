#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.hpp"
#include "snapshot/directory_store.hpp"
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
  explicit Verifier(const fs::path& directory) : chunks_(directory) {}

  void check_packs(bool full, base::Progress& progress, VerifyReport& report);
  void check_layer(const Layer& layer, Damage& damage);
  const Problems& problems() const { return problems_; }
  void add(const std::string& object, const std::string& problem) { problems_.emplace(object, problem); }

 private:
  void check_pack(const std::string& id, bool full, base::Progress& progress, VerifyReport& report);
  void check_chunk(const std::string& pack, const PackEntry& entry, bool full, VerifyReport& report);
  void require(const Hash& id, Damage& damage);
  void check_content(const Content& content, Damage& damage);
  const Damage& check_directory(const Entry& directory, const std::string& path);
  // What goes wrong in it is damage to object.
  template <typename Check>
  void guard(const std::string& object, Damage& damage, const Check& check);

  ChunkStore chunks_;
  Problems problems_;
  std::map<Bytes, Damage> directories_;  // by content: most are shared between snapshots
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

void Verifier::check_packs(bool full, base::Progress& progress, VerifyReport& report) {
  const std::vector<std::string> ids = chunks_.pack_ids();
  std::uint64_t total = 0;
  for (const std::string& id : ids) total += fs::file_size(chunks_.pack_path(id));
  progress.begin("verifying packs", total);
  for (const std::string& id : ids) check_pack(id, full, progress, report);
  progress.end();
}

void Verifier::check_pack(const std::string& id, bool full, base::Progress& progress, VerifyReport& report) {
  const fs::path pack = chunks_.pack_path(id);
  const std::uint64_t size = fs::file_size(pack);
  auto index = read_index(chunks_.index_path(id));
  // One that is only missing may be about to be written.
  if (!index && fs::exists(chunks_.index_path(id))) {
    add(chunks_.index_path(id).string(), "is damaged; the next capture makes it anew from its pack");
  }
  if (!index) index = scan_index(pack);
  if (index->pack_size != size) add(pack.string(), "is not as long as its index says");
  for (const PackEntry& entry : index->entries) {
    if (entry.offset + record_header_bytes + entry.stored_size > size) {
      add(to_hex(entry.id), pack.string() + ": chunk is cut off");
    } else {
      check_chunk(id, entry, full, report);
    }
  }
  ++report.packs;
  report.chunks += index->entries.size();
  progress.advance(size);
}

// A second copy of a chunk in another pack is not looked at: nothing reads it.
void Verifier::check_chunk(const std::string& pack, const PackEntry& entry, bool full, VerifyReport& report) {
  if (!full || chunks_.pack_of(entry.id) != pack) return;
  try {
    chunks_.read(entry.id);
    report.read_bytes += record_header_bytes + entry.stored_size;
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
    add(to_hex(entry.id), error.what());
  }
}

void Verifier::require(const Hash& id, Damage& damage) {
  const std::string object = to_hex(id);
  if (!chunks_.contains(id)) add(object, "chunk is in no pack");
  if (problems_.contains(object)) damage.insert(object);
}

void Verifier::check_content(const Content& content, Damage& damage) {
  for (const Extent& extent : content.extents) {
    if (!extent.is_hole) require(extent.id, damage);
  }
  if (content.depth == 0 || !damage.empty()) return;
  guard("chunk list " + to_hex(content.extents.front().id), damage, [&] {
    for (const Extent& extent : load_extents(content, chunks_)) {
      if (!extent.is_hole) require(extent.id, damage);
    }
  });
}

const Damage& Verifier::check_directory(const Entry& directory, const std::string& path) {
  ByteWriter key;
  serialise(directory.content, key);
  const auto [found, is_new] = directories_.try_emplace(key.bytes());
  Damage& damage = found->second;
  if (!is_new) return damage;
  check_content(directory.content, damage);
  guard("directory '" + base::printable(path) + "'", damage, [&] {
    for (const Entry& entry : TreeReader(chunks_).children(directory, path)) {
      Damage below;
      if (entry.node.type == NodeType::directory) {
        below = check_directory(entry, join_path(path, entry.node.path));
      } else {
        check_content(entry.content, below);
      }
      damage.insert(below.begin(), below.end());
    }
  });
  return damage;
}

void Verifier::check_layer(const Layer& layer, Damage& damage) {
  require(parse_hash(layer.root, layer.name), damage);
  if (!damage.empty()) return;
  guard("layer " + layer.root, damage, [&] {
    if (layer.kind == "tree") {
      const Damage& below = check_directory(TreeReader(chunks_).root(layer), "");
      damage.insert(below.begin(), below.end());
    } else {
      check_content(stream_content(layer, chunks_), damage);
    }
  });
}

}  // namespace

VerifyReport DirectoryStore::verify(bool full, base::Progress& progress) const {
  VerifyReport report;
  Verifier verifier(directory_);
  verifier.check_packs(full, progress, report);
  std::map<std::string, std::vector<std::string>> affected;
  for (const std::string& id : list()) {
    ++report.snapshots;
    Damage damage;
    try {
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
