#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "snapshot/seal.hpp"
#include "snapshot/store.hpp"

// One snapshot, in snapshots/XX/ID, XX being the first two digits of ID: a folder whose time is as it was
// holds what it held. Written last: what it names is durable before it exists.
//
//   manifest = %s"deskloom-snapshot " version LF sum LF body
//   version  = 1*DIGIT                      ; 1, or 2 in a store that is encrypted
//   sum      = 64HEXDIG                     ; SHA-256 of body; its first 32 digits are the ID
//   body     = json                         ; 1
//            / sealed                       ; 2: json, sealed (crypto.hpp), bound to the first line
//   json     = { "created_at_ns": integer, "layers": [ layer… ], "metadata": object }
//   layer    = { "name", "kind", "root", "size_bytes", "files", "captured_at_ns" }
namespace deskloom::snapshot {

inline constexpr std::size_t snapshot_id_digits = 32;

inline constexpr std::size_t manifest_folder_digits = 2;

bool is_snapshot_id(std::string_view text);
// snapshots: the store's directory of that name.
std::filesystem::path manifest_path(const std::filesystem::path& snapshots, const std::string& id);
void write_manifest(const std::filesystem::path& snapshots, const std::string& id, const std::string& text);
// The snapshot's id is set from its content; the manifest's text is returned.
std::string encode_manifest(Snapshot& snapshot, const Seal& seal);
// Throws Error: corrupt naming origin, store_newer.
Snapshot decode_manifest(const std::string& text, const std::string& origin, const Seal& seal);
// Its id; only its sum is checked, for which nobody needs the key. Throws as decode_manifest.
std::string id_of_sealed_manifest(const std::string& text, const std::string& origin);

}  // namespace deskloom::snapshot
