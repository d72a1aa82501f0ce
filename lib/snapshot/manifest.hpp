#pragma once

#include <string>
#include <string_view>

#include "snapshot/store.hpp"

// One snapshot, in snapshots/ID, written last: what it names is durable before it exists.
//
//   manifest = %s"deskloom-snapshot " version LF sum LF json
//   version  = 1*DIGIT                      ; 1
//   sum      = 64HEXDIG                     ; SHA-256 of json; its first 32 digits are the ID
//   json     = { "created_at_ns": integer, "layers": [ layer… ], "metadata": object }
//   layer    = { "name", "kind", "root", "size_bytes", "files", "captured_at_ns" }
namespace deskloom::snapshot {

inline constexpr std::size_t snapshot_id_digits = 32;

bool is_snapshot_id(std::string_view text);
// The snapshot's id is set from its content; the manifest's text is returned.
std::string encode_manifest(Snapshot& snapshot);
// Throws Error: corrupt naming origin, store_newer.
Snapshot decode_manifest(const std::string& text, const std::string& origin);

}  // namespace deskloom::snapshot
