#pragma once

#include <filesystem>

#include "base/progress.hpp"
#include "snapshot/store.hpp"

namespace deskloom::operation {

// Writes a layer that is no tree to a file or block device: of an image that is there already only what
// differs; any other file is replaced when its successor is whole. Throws as snapshot::Store.
// Memory that came from libvirt's save image becomes that again; the file may not exist then.
void restore_layer(const snapshot::Store& store, const snapshot::Snapshot& snapshot,
                   const snapshot::Layer& layer, const std::filesystem::path& file, base::Progress& progress);

}  // namespace deskloom::operation
