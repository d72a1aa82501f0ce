#include "snapshot/writer.hpp"

#include <algorithm>

#include "snapshot/content.hpp"
#include "snapshot/manifest.hpp"
#include "snapshot/tree_writer.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t read_buffer_bytes = 256 << 10;

class StoreWriter : public Writer {
 public:
  StoreWriter(ChunkStore& store, std::filesystem::path snapshots, base::Progress& progress)
      : store_(store), snapshots_(std::move(snapshots)), progress_(progress), chunks_(store, stats_) {
    store_.repair();
  }

  Layer put_stream(const std::string& name, base::ByteSource& source) override;
  Layer put_tree(const std::string& name, TreeSource& source, const Layer* previous,
                 std::vector<Skipped>& skipped) override;
  const WriteStats& stats() const override { return stats_; }
  Snapshot commit(base::Json metadata, base::Timestamp created_at) override;

 private:
  void check_name(const std::string& name) const;

  ChunkStore& store_;
  std::filesystem::path snapshots_;
  base::Progress& progress_;
  WriteStats stats_;
  ChunkWriter chunks_;
  std::vector<Layer> layers_;
};

void StoreWriter::check_name(const std::string& name) const {
  if (std::ranges::find(layers_, name, &Layer::name) == layers_.end()) return;
  throw base::Error(base::ErrorKind::usage, "a snapshot cannot have two layers named " + name);
}

Layer StoreWriter::put_stream(const std::string& name, base::ByteSource& source) {
  check_name(name);
  progress_.begin("storing " + name, 0);
  ContentWriter writer(chunks_);
  Bytes buffer(read_buffer_bytes);
  while (const std::size_t n = source.read(buffer)) {
    writer.write(ByteView(buffer).first(n));
    stats_.read_bytes += n;
    progress_.advance(n);
  }
  progress_.end();
  const Content content = writer.finish();
  ByteWriter object;
  serialise(content, object);
  return layers_.emplace_back(Layer{name, "stream", to_hex(chunks_.put(object.bytes())), content.size, 0, 0});
}

Layer StoreWriter::put_tree(const std::string& name, TreeSource& source, const Layer* previous,
                            std::vector<Skipped>& skipped) {
  check_name(name);
  TreeWriter writer(store_, chunks_, stats_, progress_);
  return layers_.emplace_back(writer.write(name, source, previous, skipped));
}

Snapshot StoreWriter::commit(base::Json metadata, base::Timestamp created_at) {
  chunks_.finish();
  Snapshot snapshot{{}, created_at, layers_, std::move(metadata)};
  const std::string manifest = encode_manifest(snapshot);
  base::write_file_durably(snapshots_ / snapshot.id, manifest);
  return snapshot;
}

}  // namespace

std::unique_ptr<Writer> make_writer(ChunkStore& chunks, const std::filesystem::path& snapshots,
                                    base::Progress& progress) {
  return std::make_unique<StoreWriter>(chunks, snapshots, progress);
}

}  // namespace deskloom::snapshot
