#include "predict/model_file.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <set>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/json.hpp"
#include "base/sha256.hpp"

static_assert(std::endian::native == std::endian::little, "tensors are copied as they lie in the file");

namespace deskloom::predict {
namespace {

using base::Json;

constexpr std::size_t length_bytes = 8, alignment = 8;
constexpr std::size_t most_header_bytes = 16U << 20U, most_file_bytes = 512U << 20U;
constexpr std::size_t most_keys = 8192, keys_of_tensor = 4, most_name = 128, most_dimensions = 4;
constexpr int deepest = 3;  // of the header: offsets in an entry in the whole
constexpr std::size_t most_values = most_file_bytes / sizeof(float);
constexpr const char* metadata_key = "__metadata__";
constexpr const char* schema_key = "schema";
constexpr const char* hash_key = "sha256";
const std::string no_hash(2 * sizeof(base::Sha256), '0');

std::string hash_of(std::string_view bytes) {
  return base::hex_of(base::sha256(std::as_bytes(std::span(bytes.data(), bytes.size()))));
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= most_name && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool is_shape(const Shape& shape) {
  if (shape.empty() || shape.size() > most_dimensions) return false;
  std::size_t left = most_values;
  return std::ranges::all_of(shape, [&](std::size_t dimension) {
    if (dimension == 0 || dimension > left) return false;
    left /= dimension;
    return true;
  });
}

std::string shown(const Shape& shape) { return Json(shape).dump(); }

class Decoder {
 public:
  Decoder(std::string_view bytes, std::string origin) : bytes_(bytes), origin_(std::move(origin)) {}

  ModelFile decode() {
    const Json header = parse(split());
    if (!header.is_object() || !header.contains(metadata_key)) fail("its header has no metadata");
    auto metadata = read_metadata(header[metadata_key]);
    check_hash(taken(metadata, hash_key));
    ModelFile model(taken(metadata, schema_key), origin_);
    model.metadata = std::move(metadata);
    for (const auto& [name, entry] : header.items()) {
      if (name != metadata_key) model.tensors.emplace(name, read_tensor(name, entry));
    }
    check_gaps();
    return model;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw base::Error(base::ErrorKind::corrupt, origin_ + " is not a model: " + problem,
                      "restore it from a backup, or train anew");
  }

  // Gives the header, and keeps what follows it.
  std::string_view split() {
    if (bytes_.size() < length_bytes) fail("it is too short");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), length_bytes);
    if (length > most_header_bytes || length > bytes_.size() - length_bytes) fail("its header is too long");
    const auto header = bytes_.substr(length_bytes, static_cast<std::size_t>(length));
    data_ = bytes_.substr(length_bytes + header.size());
    if (!header.starts_with('{')) fail("its header does not begin with '{'");
    return header;
  }

  // As base::parse_json, but nothing may be named twice, lie deep, or be of more parts than a model has.
  Json parse(std::string_view header) const {
    std::vector<std::set<std::string>> names;
    std::size_t keys = 0;
    const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
      using Event = Json::parse_event_t;
      if (depth > deepest) fail("its header is nested too deeply");
      if (event == Event::object_start) names.emplace_back();
      if (event == Event::object_end) names.pop_back();
      if (event == Event::key && !names.back().insert(parsed.get<std::string>()).second)
        fail("its header names '" + parsed.get<std::string>() + "' twice");
      if (event == Event::key && ++keys > most_keys) fail("its header has too many keys");
      return true;
    };
    try {
      return Json::parse(header, check);
    } catch (const Json::exception& e) {
      fail(std::string("its header is not valid JSON: ") + e.what());
    }
  }

  std::map<std::string, std::string> read_metadata(const Json& entries) const {
    if (!entries.is_object()) fail("its metadata are not an object");
    std::map<std::string, std::string> metadata;
    for (const auto& [key, value] : entries.items()) {
      if (!value.is_string()) fail("its metadata '" + key + "' are not text");
      metadata[key] = value.get<std::string>();
    }
    return metadata;
  }

  std::string taken(std::map<std::string, std::string>& metadata, const char* key) const {
    auto node = metadata.extract(key);
    if (node.empty()) fail(std::string("its metadata have no '") + key + "'");
    return std::move(node.mapped());
  }

  void check_hash(const std::string& hash) const {
    std::string blank(bytes_);
    const auto place = blank.find("\"" + hash + "\"");
    if (hash.size() != no_hash.size() || place == std::string::npos) fail("its SHA-256 is malformed");
    blank.replace(place + 1, no_hash.size(), no_hash);
    if (hash_of(blank) != hash) fail("its SHA-256 does not match");
  }

  std::vector<std::size_t> numbers(const Json& entry, const char* key) const {
    if (!entry.is_object() || !entry.contains(key) || !entry[key].is_array()) return {};
    std::vector<std::size_t> found;
    for (const Json& number : entry[key]) {
      if (!number.is_number_unsigned()) return {};
      found.push_back(number.get<std::size_t>());
      if (found.size() > most_dimensions) return {};
    }
    return found;
  }

  Tensor read_tensor(const std::string& name, const Json& entry) {
    if (!is_name(name)) fail("'" + name + "' is no name of a tensor");
    Tensor tensor{numbers(entry, "shape"), {}};
    if (entry.size() != 3 || !entry.contains("dtype") || entry["dtype"] != "F32")
      fail("tensor " + name + " is not of dtype F32");
    if (!is_shape(tensor.shape)) fail("tensor " + name + " has no valid shape");
    const auto offsets = numbers(entry, "data_offsets");
    if (offsets.size() != 2 || offsets[1] > data_.size() || offsets[0] > offsets[1] ||
        offsets[1] - offsets[0] != count_of(tensor.shape) * sizeof(float)) {
      fail("tensor " + name + " does not lie where its header says");
    }
    spans_.emplace_back(offsets[0], offsets[1]);
    tensor.values.resize(count_of(tensor.shape));
    std::memcpy(tensor.values.data(), data_.data() + offsets[0], offsets[1] - offsets[0]);
    if (!std::ranges::all_of(tensor.values, [](float value) { return std::isfinite(value); }))
      fail("tensor " + name + " has values that are not finite");
    return tensor;
  }

  void check_gaps() {
    std::ranges::sort(spans_);
    std::size_t end = 0;
    for (const auto& [begin, next] : spans_) {
      if (begin != end) fail("its tensors overlap, or have gaps between them");
      end = next;
    }
    if (end != data_.size()) fail("something follows its tensors");
  }

  std::string_view bytes_;
  std::string origin_;
  std::string_view data_;
  std::vector<std::pair<std::size_t, std::size_t>> spans_;
};

[[noreturn]] void refuse(const std::string& problem) {
  throw base::Error(base::ErrorKind::failed, "the model cannot be written: " + problem);
}

Json header_of(const ModelFile& model) {
  Json metadata = {{schema_key, model.schema()}, {hash_key, no_hash}};
  for (const auto& [key, value] : model.metadata) {
    if (metadata.contains(key)) refuse("'" + key + "' is not for its metadata");
    metadata[key] = value;
  }
  if (1 + metadata.size() + keys_of_tensor * model.tensors.size() > most_keys)
    refuse("it has too many parts");
  Json header = {{metadata_key, std::move(metadata)}};
  std::size_t end = 0;
  for (const auto& [name, tensor] : model.tensors) {
    if (!is_name(name)) refuse("'" + name + "' is no name of a tensor");
    if (!is_shape(tensor.shape) || count_of(tensor.shape) != tensor.values.size())
      refuse("the shape of tensor " + name + " is not that of its values");
    if (!std::ranges::all_of(tensor.values, [](float value) { return std::isfinite(value); }))
      refuse("tensor " + name + " has values that are not finite");
    const std::size_t begin = end;
    end += tensor.values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  return header;
}

std::string text_of(const Json& header) {
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception& e) {
    refuse(e.what());
  }
  text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');
  if (text.size() > most_header_bytes) refuse("its metadata are too long");
  return text;
}

}  // namespace

std::size_t count_of(const Shape& shape) {
  std::size_t count = 1;
  for (const std::size_t dimension : shape) count *= dimension;
  return count;
}

ModelFile::ModelFile(std::string schema, std::string origin)
    : schema_(std::move(schema)), origin_(std::move(origin)) {}

const std::vector<float>& ModelFile::values(const std::string& name, const Shape& shape, float most) const {
  const auto found = tensors.find(name);
  if (found == tensors.end() || found->second.shape != shape) {
    throw base::Error(base::ErrorKind::corrupt,
                      origin_ + ": tensor " + name +
                          (found == tensors.end()
                               ? " is missing"
                               : " has the shape " + shown(found->second.shape) + ", not " + shown(shape)),
                      "train anew");
  }
  if (!std::ranges::all_of(found->second.values, [most](float value) { return std::abs(value) <= most; })) {
    throw base::Error(base::ErrorKind::corrupt, origin_ + ": tensor " + name + " has absurd values",
                      "train anew");
  }
  return found->second.values;
}

const std::string& ModelFile::text(const std::string& key) const {
  const auto found = metadata.find(key);
  if (found == metadata.end())
    throw base::Error(base::ErrorKind::corrupt, origin_ + " does not say its '" + key + "'", "train anew");
  return found->second;
}

void ModelFile::require_schema(std::string_view schema) const {
  if (schema_ != schema) {
    throw base::Error(base::ErrorKind::usage,
                      origin_ + " is a model for another schema: " + schema_ + ", not " + std::string(schema),
                      "train anew");
  }
}

std::string encode_model(const ModelFile& model) {
  const std::string header = text_of(header_of(model));
  const std::uint64_t length = header.size();
  std::string bytes(length_bytes, '\0');
  std::memcpy(bytes.data(), &length, length_bytes);
  bytes += header;
  for (const auto& [name, tensor] : model.tensors)
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float));
  if (bytes.size() > most_file_bytes) refuse("it is too large");
  // The hash stands behind the schema, before anything that could look like it.
  bytes.replace(bytes.find("\"" + no_hash + "\"") + 1, no_hash.size(), hash_of(bytes));
  return bytes;
}

ModelFile decode_model(std::string_view bytes, const std::string& origin) {
  return Decoder(bytes, origin).decode();
}

void write_model(const std::filesystem::path& path, const ModelFile& model) {
  base::write_file_durably(path, encode_model(model));
}

ModelFile read_model(const std::filesystem::path& path) {
  if (!base::modified_at(path)) {
    throw base::Error(base::ErrorKind::not_found, "there is no model in " + path.string(),
                      "'deskloom predict train' makes one");
  }
  return decode_model(base::read_file(path, most_file_bytes), path.string());
}

}  // namespace deskloom::predict
