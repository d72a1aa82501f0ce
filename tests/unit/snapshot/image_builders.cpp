#include "image_builders.hpp"

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

}  // namespace deskloom::test
