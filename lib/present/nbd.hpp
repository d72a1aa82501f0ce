#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "snapshot/key_source.hpp"

namespace deskloom::present {

// A layer of pages of one snapshot, which must exist as long as it is served.
struct ServedImage {
  std::filesystem::path store;
  snapshot::KeySource key;  // given where the store is encrypted
  std::string snapshot;     // whole id
  std::string layer;
};

// What starts nbdkit(1) with our plugin, deskloom-nbdkit.so, read-only: the caller adds where it listens. Its
// export has the image's size and tells where it holds data. Throws Error(failed) when nbdkit or the plugin
// is not installed.
std::vector<std::string> nbd_server(const ServedImage& image);

}  // namespace deskloom::present
