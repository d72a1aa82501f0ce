#include "snapshot/writer.hpp"

#include <algorithm>

#include "snapshot/content.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/image_writer.hpp"
#include "snapshot/manifest.hpp"
#include "snapshot/tree_writer.hpp"
#include "snapshot/writer_registration.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t read_buffer_bytes = 256 << 10;

class StoreWriter : public Writer {
 public:
  StoreWriter(ChunkStore& store, const std::filesystem::path& directory, base::Progress& progress)
      : registration_(directory / "writers"),
        session_(store),
        snapshots_(directory / "snapshots"),
        progress_(progress),
        chunks_(session_) {
    store.repair();
  }

  Layer put_stream(const std::string& name, base::ByteSource& source, const Layer* previous) override;
  Layer put_tree(const std::string& name, TreeSource& source, const Layer* previous,
                 std::vector<Skipped>& skipped, SpecialFiles special) override;
  Layer put_image(const std::string& name, ImageSource& source, const Layer* previous) override;
  WriteStats stats() const override;
  Snapshot commit(base::Json metadata, base::Timestamp created_at) override;

 private:
  void check_name(const std::string& name) const;
  void follow(ContentWriter& writer, const Layer& previous);

  WriterRegistration registration_;  // before it looks which packs are condemned
  WriteSession session_;
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

WriteStats StoreWriter::stats() const {
  WriteStats stats = stats_;
  stats.new_chunks = session_.new_chunks();
  stats.added_bytes = session_.added_bytes();
  return stats;
}

// One that cannot be read is done without.
void StoreWriter::follow(ContentWriter& writer, const Layer& previous) {
  try {
    writer.follow(layer_content(previous, chunks_.reader()));
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
  }
}

Layer StoreWriter::put_stream(const std::string& name, base::ByteSource& source, const Layer* previous) {
  check_name(name);
  progress_.begin("storing " + name, 0);
  ContentWriter writer(chunks_);
  if (previous != nullptr) follow(writer, *previous);
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
                            std::vector<Skipped>& skipped, SpecialFiles special) {
  check_name(name);
  TreeWriter writer(session_, chunks_, stats_, progress_);
  return layers_.emplace_back(writer.write(name, source, previous, skipped, special));
}

Layer StoreWriter::put_image(const std::string& name, ImageSource& source, const Layer* previous) {
  check_name(name);
  if (previous != nullptr) expect_kind(*previous, "pages");
  ImageWriter writer(session_, chunks_, stats_, progress_);
  return layers_.emplace_back(writer.write(name, source, previous));
}

Snapshot StoreWriter::commit(base::Json metadata, base::Timestamp created_at) {
  chunks_.finish();
  session_.commit();
  Snapshot snapshot{{}, created_at, layers_, std::move(metadata)};
  const std::string manifest = encode_manifest(snapshot, session_.store().seal());
  write_manifest(snapshots_, snapshot.id, manifest);
  return snapshot;
}

}  // namespace

std::unique_ptr<Writer> make_writer(ChunkStore& chunks, const std::filesystem::path& directory,
                                    base::Progress& progress) {
  return std::make_unique<StoreWriter>(chunks, directory, progress);
}

}  // namespace deskloom::snapshot
