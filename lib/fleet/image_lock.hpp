#pragma once

#include <filesystem>

namespace deskloom::fleet {

// Throws Error(not_found), and Error(failed) when QEMU, or a tool of its, has the raw disk image open for
// writing. They say so by locks on single bytes of it (QEMU's block/file-posix.c: 100 and on, one for each
// permission that they use; writing is the second).
void expect_not_written(const std::filesystem::path& image);

}  // namespace deskloom::fleet
