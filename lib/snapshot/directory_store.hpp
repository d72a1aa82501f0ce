#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "snapshot/chunk_store.hpp"
#include "snapshot/content.hpp"
#include "snapshot/store.hpp"

// The store's directory:
//
//   format, key    store_root.hpp
//   packs/         the chunks: pack.hpp
//   incoming/      packs that are being written
//   index/         where the chunks stand in the packs: index.hpp
//   snapshots/XX/  manifest.hpp
//   writers/       a locked file for each capture that is being written
//   condemned/     a file for each pack that a collection is about to remove: gc.cpp
//   needs.sqlite   what collections remember, and can do without: need_table.hpp
namespace deskloom::snapshot {

class DirectoryStore : public Store {
 public:
  explicit DirectoryStore(const StoreRoot& root);

  std::unique_ptr<Writer> begin(base::Progress& progress) override;
  std::vector<std::string> ids() const override;
  std::vector<IdFolder> folders() const override;
  std::vector<std::string> ids_in(const std::string& folder) const override;
  std::vector<std::string> list() const override;
  Snapshot get(const std::string& id) const override;
  std::unique_ptr<base::ByteSource> open_stream(const Layer& layer) const override;
  std::string read_stream(const Layer& layer, std::uint64_t limit_bytes) const override;
  std::vector<Node> list_tree(const Layer& layer) const override;
  std::unique_ptr<TreeView> open_tree(const Layer& layer) const override;
  std::unique_ptr<RandomReader> open_image(const Layer& layer) const override;
  std::unique_ptr<base::ByteSource> open_file(const Layer& layer, const std::string& path) const override;
  void restore(const Layer& layer, TreeSink& sink, const std::vector<std::string>& paths,
               base::Progress& progress) const override;
  void restore_image(const Layer& layer, ImageSink& sink, base::Progress& progress) const override;
  std::vector<Change> diff(const Layer& older, const Layer& newer) const override;
  ContentDiff diff_content(const Layer& older, const Layer& newer) const override;
  std::vector<DataRange> differing_ranges(const Layer& older, const Layer& newer) const override;
  void remove(const std::string& id) override;
  void remove_all(const std::vector<std::string>& ids) override;
  CollectReport collect(std::chrono::milliseconds patience, bool dry_run, base::Progress& progress) override;
  StoreStats stats(const GroupOf& group_of, base::Progress& progress) const override;
  VerifyReport verify(bool full, base::Progress& progress) const override;

  bool has(const std::string& id) const;
  // As it is on disk. Throws not_found.
  std::string get_manifest(const std::string& id) const;
  // From here on the snapshot exists: all that it needs is durable.
  void put_manifest(const std::string& id, const std::string& text);

 private:
  std::filesystem::path snapshots_directory() const { return root_.directory / "snapshots"; }
  std::filesystem::path path_of(const std::string& id) const;

  StoreRoot root_;
  mutable ChunkStore chunks_;  // reading keeps packs open and may find new ones
  mutable ChunkReader reader_{chunks_};
};

// Error(usage) when the layer is not of the kind.
void expect_kind(const Layer& layer, const std::string& kind);
void expect_bytes(const Layer& layer);  // any kind but a tree
// The bytes of a stream or an image, or a tree's list of blocks. Throws Error(corrupt).
Content layer_content(const Layer& layer, ChunkReader& chunks);
// That, and all else that the layer's root leads to.
std::vector<Content> layer_contents(const Layer& layer, ChunkReader& chunks);

}  // namespace deskloom::snapshot
