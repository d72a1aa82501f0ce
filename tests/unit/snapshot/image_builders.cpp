#include "image_builders.hpp"

#include <algorithm>

using namespace deskloom::snapshot;

namespace deskloom::test {

ImageCapture capture_image(Store& store, ImageSource& source, const Layer* previous) {
  base::NoProgress progress;
  const auto writer = store.begin(progress);
  const Layer layer = writer->put_image("memory", source, previous);
  writer->commit({{"bytes", source.size_bytes()}}, base::Timestamp{});
  return {layer, writer->stats()};
}

std::string stored(const Store& store, const Layer& layer) {
  const auto source = store.open_stream(layer);
  return read_all(*source);
}

// The largest pack holds the image's data, and little else.
void damage_data(const TempStore& temp) {
  const auto packs = temp.packs();
  const auto size = [](const std::filesystem::path& file) { return std::filesystem::file_size(file); };
  const auto pack = *std::ranges::max_element(packs, {}, size);
  auto bytes = read_text(pack);
  bytes.replace(bytes.size() / 3, 6, "damage");
  write_file(pack, bytes);
}

}  // namespace deskloom::test
