#pragma once

#include <filesystem>
#include <memory>

#include "snapshot/chunk_store.hpp"
#include "snapshot/store.hpp"

namespace deskloom::snapshot {

// snapshots is the directory of the manifests.
std::unique_ptr<Writer> make_writer(ChunkStore& chunks, const std::filesystem::path& snapshots,
                                    base::Progress& progress);

}  // namespace deskloom::snapshot
