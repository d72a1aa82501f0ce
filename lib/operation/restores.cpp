#include "operation/restores.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "fleet/save_image.hpp"
#include "operation/images.hpp"

namespace deskloom::operation {
namespace {

void write_stream(base::ByteSource& source, const std::filesystem::path& file, base::Progress& progress) {
  const auto fd = base::open_file(file, O_WRONLY | O_CREAT | O_TRUNC);
  std::array<std::byte, 256 << 10> buffer;
  while (const std::size_t n = source.read(buffer)) {
    const auto text = std::as_bytes(std::span(buffer)).first(n);
    base::write_full(fd.get(), {reinterpret_cast<const char*>(text.data()), n}, file.string());
    progress.advance(n);
  }
  base::fsync_fd(fd.get(), file.string());
}

void restore_stream(const snapshot::Store& store, const snapshot::Layer& layer,
                    const std::filesystem::path& file, base::Progress& progress) {
  const auto source = store.open_stream(layer);
  const std::filesystem::path part = file.string() + ".part";
  progress.begin("restoring " + layer.name, layer.size_bytes);
  try {
    write_stream(*source, part, progress);
  } catch (...) {
    ::unlink(part.c_str());
    throw;
  }
  std::filesystem::rename(part, file);
  progress.end();
}

// The memory by itself beside it for a moment, since the image wants its pages in another order.
void restore_save_image(const snapshot::Store& store, const snapshot::Layer& memory,
                        const snapshot::Layer& machine, const std::filesystem::path& file,
                        base::Progress& progress) {
  if (std::filesystem::exists(file)) {
    throw base::Error(base::ErrorKind::failed, file.string() + " exists", "name a new file");
  }
  const std::filesystem::path pages = file.string() + ".memory";
  std::filesystem::remove(pages);
  try {
    store.restore_image(memory, *snapshot::local_image_sink(pages), progress);
    const auto image = snapshot::local_image(pages);
    std::filesystem::remove(pages);
    fleet::join_save_image(
        *store.open_stream(machine), image->size_bytes(),
        [&](std::uint64_t offset, auto into) { image->read(offset, into); }, file);
  } catch (...) {
    std::filesystem::remove(pages);
    std::filesystem::remove(file);
    throw;
  }
}

}  // namespace

void restore_layer(const snapshot::Store& store, const snapshot::Snapshot& snapshot,
                   const snapshot::Layer& layer, const std::filesystem::path& file,
                   base::Progress& progress) {
  const auto* machine = snapshot.layer(machine_layer);
  if (layer.name == "memory" && machine != nullptr) {
    restore_save_image(store, layer, *machine, file, progress);
  } else if (layer.kind == "pages") {
    store.restore_image(layer, *snapshot::local_image_sink(file), progress);
  } else {
    restore_stream(store, layer, file, progress);
  }
}

}  // namespace deskloom::operation
