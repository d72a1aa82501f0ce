#pragma once

#include <string>

#include "snapshot/store.hpp"

namespace deskloom::snapshot {

struct TextDiff {
  enum class Kind { text, binary, too_large };
  Kind kind = Kind::text;
  std::string text;  // unified, with the headers "--- a/PATH" and "+++ b/PATH"
};

// What changed in a file that both trees have, by diff(1). Files with a NUL in their first 8 KiB are binary;
// those above 16 MiB are too large to compare. Throws Error(not_found), and Error(failed) without diff(1).
TextDiff text_diff(const Store& store, const Layer& older, const Layer& newer, const std::string& path);

}  // namespace deskloom::snapshot
