#include "snapshot/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/fd.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/manifest.hpp"
#include "snapshot/page_map.hpp"
#include "snapshot/tree_reader.hpp"
#include "snapshot/writer.hpp"

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t manifest_limit_bytes = 64 << 20;

bool is_hexadecimal(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }

}  // namespace

void Store::init(const fs::path& directory, const KeySource& key) { init_root(directory, key); }

std::unique_ptr<Store> Store::open(const fs::path& directory, const KeySource& key) {
  return open(open_root(directory, key));
}

std::unique_ptr<Store> Store::open(const StoreRoot& root) { return std::make_unique<DirectoryStore>(root); }

void expect_kind(const Layer& layer, const std::string& kind) {
  if (layer.kind == kind) return;
  throw base::Error(base::ErrorKind::usage,
                    fmt::format("layer '{}' is a {}, not a {}", layer.name, layer.kind, kind));
}

std::vector<Content> layer_contents(const Layer& layer, ChunkReader& chunks) {
  if (layer.kind == "pages") {
    PagesRoot root = load_pages_root(layer, chunks);
    return {std::move(root.data), std::move(root.table)};
  }
  const std::string origin = layer.kind + " " + layer.root;
  ByteReader in(chunks.read(parse_hash(layer.root, origin)), origin);
  Content content = parse_content(in);
  if (in.left() > 0) in.fail("something follows the content");
  return {std::move(content)};
}

Content layer_content(const Layer& layer, ChunkReader& chunks) {
  return std::move(layer_contents(layer, chunks).front());
}

void expect_bytes(const Layer& layer) {
  if (layer.kind == "tree") expect_kind(layer, "stream");
}

DirectoryStore::DirectoryStore(const StoreRoot& root) : root_(root), chunks_(root) {}

std::unique_ptr<Writer> DirectoryStore::begin(base::Progress& progress) {
  return make_writer(chunks_, root_.directory, progress);
}

fs::path DirectoryStore::path_of(const std::string& id) const {
  return manifest_path(snapshots_directory(), id);
}

std::vector<std::string> DirectoryStore::ids() const {
  std::vector<std::string> ids;
  for (const IdFolder& folder : folders()) {
    for (std::string& id : ids_in(folder.name)) ids.push_back(std::move(id));
  }
  return ids;
}

std::vector<IdFolder> DirectoryStore::folders() const {
  std::vector<IdFolder> folders;
  for (const std::string& name : base::list_directory(snapshots_directory())) {
    if (name.size() != manifest_folder_digits || !is_hexadecimal(name)) continue;
    if (const auto changed_at = base::modified_at(snapshots_directory() / name))
      folders.push_back({name, *changed_at});
  }
  return folders;
}

std::vector<std::string> DirectoryStore::ids_in(const std::string& folder) const {
  std::vector<std::string> names = base::list_directory(snapshots_directory() / folder);
  std::erase_if(names,
                [&](const std::string& name) { return !is_snapshot_id(name) || !name.starts_with(folder); });
  return names;
}

// One that cannot be read is listed all the same, first, so that a damaged one hides neither itself nor
// others.
std::vector<std::string> DirectoryStore::list() const {
  std::vector<std::pair<base::Timestamp, std::string>> dated;
  for (const std::string& id : ids()) {
    base::Timestamp created_at{};
    try {
      created_at = get(id).created_at;
    } catch (const base::Error& error) {
      if (error.kind() == base::ErrorKind::not_found) continue;  // removed meanwhile
      if (error.kind() != base::ErrorKind::corrupt && error.kind() != base::ErrorKind::no_key) throw;
    }
    dated.emplace_back(created_at, id);
  }
  std::ranges::sort(dated);
  std::vector<std::string> listed;
  for (auto& [created_at, id] : dated) listed.push_back(std::move(id));
  return listed;
}

bool DirectoryStore::has(const std::string& id) const {
  return is_snapshot_id(id) && fs::exists(path_of(id));
}

std::string DirectoryStore::get_manifest(const std::string& id) const {
  const auto expect_there = [&] {
    if (has(id)) return;
    throw base::Error(base::ErrorKind::not_found,
                      "there is no snapshot " + id + " in " + root_.directory.string(),
                      "deskloom snapshot list shows those there are");
  };
  expect_there();
  try {
    return base::read_file(path_of(id), manifest_limit_bytes);
  } catch (const base::Error&) {
    expect_there();  // it may have been removed meanwhile
    throw;
  }
}

void DirectoryStore::put_manifest(const std::string& id, const std::string& text) {
  write_manifest(snapshots_directory(), id, text);
}

Snapshot DirectoryStore::get(const std::string& id) const {
  const fs::path path = path_of(id);
  Snapshot snapshot = decode_manifest(get_manifest(id), path.string(), *root_.seal);
  if (snapshot.id != id) {
    throw base::Error(base::ErrorKind::corrupt, path.string() + ": is the manifest of " + snapshot.id);
  }
  return snapshot;
}

void DirectoryStore::remove(const std::string& id) {
  if (!is_snapshot_id(id) || !base::remove_file(path_of(id))) {
    throw base::Error(base::ErrorKind::not_found,
                      "there is no snapshot " + id + " in " + root_.directory.string());
  }
  base::fsync_directory(path_of(id).parent_path());
}

void DirectoryStore::remove_all(const std::vector<std::string>& ids) {
  std::set<fs::path> changed;
  for (const std::string& id : ids) {
    if (is_snapshot_id(id) && base::remove_file(path_of(id))) changed.insert(path_of(id).parent_path());
  }
  for (const fs::path& folder : changed) base::fsync_directory(folder);
}

std::unique_ptr<base::ByteSource> DirectoryStore::open_stream(const Layer& layer) const {
  expect_bytes(layer);
  return std::make_unique<ContentSource>(layer_content(layer, reader_), chunks_);
}

std::string DirectoryStore::read_stream(const Layer& layer, std::uint64_t limit_bytes) const {
  expect_bytes(layer);
  return std::string(as_text(read_content(layer_content(layer, reader_), reader_, limit_bytes)));
}

std::vector<Node> DirectoryStore::list_tree(const Layer& layer) const {
  expect_kind(layer, "tree");
  std::vector<Node> nodes;
  TreeReader(reader_).walk(layer, [&](Entry& entry) { nodes.push_back(std::move(entry.node)); });
  return nodes;
}

std::unique_ptr<base::ByteSource> DirectoryStore::open_file(const Layer& layer,
                                                            const std::string& path) const {
  expect_kind(layer, "tree");
  const Entry entry = TreeReader(reader_).find(layer, path);
  if (entry.node.type != NodeType::file) {
    throw base::Error(base::ErrorKind::not_found, "'" + path + "' is not a file in the snapshot");
  }
  return std::make_unique<ContentSource>(entry.content, chunks_);
}

}  // namespace deskloom::snapshot
