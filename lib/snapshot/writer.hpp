#pragma once

#include <filesystem>
#include <memory>

#include "snapshot/chunk_store.hpp"
#include "snapshot/store.hpp"

namespace deskloom::snapshot {

// directory is the store's.
std::unique_ptr<Writer> make_writer(ChunkStore& chunks, const std::filesystem::path& directory,
                                    base::Progress& progress);

}  // namespace deskloom::snapshot
