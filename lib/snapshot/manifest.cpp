#include "snapshot/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/fd.hpp"
#include "snapshot/hash.hpp"

namespace deskloom::snapshot {
namespace {

using base::Json;

constexpr std::string_view magic = "deskloom-snapshot ";
constexpr unsigned plain_version = 1;
constexpr unsigned sealed_version = 2;

[[noreturn]] void fail(const std::string& origin, const std::string& problem) {
  throw base::Error(base::ErrorKind::corrupt, origin + ": " + problem, "run deskloom snapshot verify");
}

Json layer_to_json(const Layer& layer) {
  return {{"name", layer.name},   {"kind", layer.kind},
          {"root", layer.root},   {"size_bytes", layer.size_bytes},
          {"files", layer.files}, {"captured_at_ns", layer.captured_at_ns}};
}

Layer layer_from_json(const Json& json, const std::string& origin) {
  Layer layer;
  json.at("name").get_to(layer.name);
  json.at("kind").get_to(layer.kind);
  json.at("root").get_to(layer.root);
  json.at("size_bytes").get_to(layer.size_bytes);
  json.at("files").get_to(layer.files);
  json.at("captured_at_ns").get_to(layer.captured_at_ns);
  if (layer.kind != "stream" && layer.kind != "tree" && layer.kind != "pages")
    fail(origin, "a layer of unknown kind");
  parse_hash(layer.root, origin);
  return layer;
}

std::string take_line(std::string_view& text, const std::string& origin) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) fail(origin, "is cut off");
  std::string line(text.substr(0, end));
  text.remove_prefix(end + 1);
  return line;
}

unsigned parse_version(std::string_view line, const std::string& origin) {
  unsigned found = 0;
  if (!line.starts_with(magic)) fail(origin, "is not a snapshot manifest");
  const std::string_view digits = line.substr(magic.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), found);
  if (error != std::errc{} || end != digits.data() + digits.size() || found == 0) {
    fail(origin, "is not a snapshot manifest");
  }
  if (found > sealed_version) {
    throw base::Error(base::ErrorKind::store_newer,
                      fmt::format("{} has format {}, this program knows {}", origin, found, sealed_version),
                      "use a newer deskloom");
  }
  return found;
}

std::string first_line(unsigned version) { return fmt::format("{}{}\n", magic, version); }

struct Parts {
  unsigned version = 0;
  std::string id;
  std::string_view body;
};

Parts take_apart(std::string_view text, const std::string& origin) {
  Parts parts;
  parts.version = parse_version(take_line(text, origin), origin);
  const std::string sum = take_line(text, origin);
  if (to_hex(sha256(as_bytes(text))) != sum) fail(origin, "does not match its checksum");
  parts.id = sum.substr(0, snapshot_id_digits);
  parts.body = text;
  return parts;
}

std::string open_body(const Parts& parts, const std::string& origin, const Seal& seal) {
  if ((parts.version == sealed_version) != seal.is_encrypted()) {
    fail(origin,
         seal.is_encrypted() ? "is not encrypted, as its store is" : "is encrypted, and its store is not");
  }
  if (!seal.is_encrypted()) return std::string(parts.body);
  const auto opened = seal.open(as_bytes(parts.body), as_bytes(first_line(sealed_version)));
  if (!opened) fail(origin, "was changed, or is of a store with another key");
  return std::string(as_text(*opened));
}

}  // namespace

bool is_snapshot_id(std::string_view text) {
  return text.size() == snapshot_id_digits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::filesystem::path manifest_path(const std::filesystem::path& snapshots, const std::string& id) {
  return snapshots / id.substr(0, manifest_folder_digits) / id;
}

void write_manifest(const std::filesystem::path& snapshots, const std::string& id, const std::string& text) {
  const auto path = manifest_path(snapshots, id);
  base::make_private_directories(path.parent_path());
  base::fsync_directory(snapshots);  // another writer may just have made it
  base::write_file_durably(path, text);
}

std::string encode_manifest(Snapshot& snapshot, const Seal& seal) {
  if (!snapshot.metadata.is_object()) throw std::invalid_argument("a snapshot's metadata must be an object");
  Json json = {{"created_at_ns", base::to_ns(snapshot.created_at)}, {"layers", Json::array()}};
  for (const Layer& layer : snapshot.layers) json["layers"].push_back(layer_to_json(layer));
  json["metadata"] = snapshot.metadata;
  // Paths in the metadata may be invalid UTF-8, which JSON cannot hold.
  std::string body = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::string head = first_line(seal.is_encrypted() ? sealed_version : plain_version);
  if (seal.is_encrypted()) body = as_text(seal.close(as_bytes(body), as_bytes(head)));
  const std::string sum = to_hex(sha256(as_bytes(body)));
  snapshot.id = sum.substr(0, snapshot_id_digits);
  return fmt::format("{}{}\n{}", head, sum, body);
}

std::string id_of_sealed_manifest(const std::string& text, const std::string& origin) {
  const Parts parts = take_apart(text, origin);
  if (parts.version != sealed_version) fail(origin, "is not encrypted, as its store is");
  return parts.id;
}

Snapshot decode_manifest(const std::string& text, const std::string& origin, const Seal& seal) {
  const Parts parts = take_apart(text, origin);
  const Json json = base::parse_json(open_body(parts, origin, seal), origin);
  Snapshot snapshot;
  snapshot.id = parts.id;
  try {
    snapshot.created_at = base::from_ns(json.at("created_at_ns").get<std::int64_t>());
    for (const Json& layer : json.at("layers")) snapshot.layers.push_back(layer_from_json(layer, origin));
    snapshot.metadata = json.at("metadata");
    if (!snapshot.metadata.is_object()) fail(origin, "its metadata is not an object");
  } catch (const nlohmann::json::exception& error) {
    fail(origin, error.what());
  }
  return snapshot;
}

const Layer* Snapshot::layer(const std::string& name) const {
  const auto found = std::ranges::find(layers, name, &Layer::name);
  return found == layers.end() ? nullptr : &*found;
}

}  // namespace deskloom::snapshot
