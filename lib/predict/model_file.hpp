#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// A trained model, as one file in the format safetensors (https://huggingface.co/docs/safetensors), which
// Python's library of that name reads: eight bytes with the header's length (little-endian), the header in
// JSON, {"__metadata__": {TEXT: TEXT}, NAME: {"dtype": "F32", "shape": [...], "data_offsets": [BEGIN, END]}},
// padded with spaces to a multiple of eight bytes, and the tensors' bytes, in the order of their names,
// without gaps.
//
// Of the metadata, "sha256" is the SHA-256 of the whole file as it would be with 64 zeros in the place of its
// digits; "schema" says what the tensors mean.
namespace deskloom::predict {

using Shape = std::vector<std::size_t>;

std::size_t count_of(const Shape& shape);

// Beyond any weight that is learnt, and small enough for sums over layers to stay within what a float holds.
inline constexpr float most_weight = 1e5F;

struct Tensor {
  Shape shape;                // one to four dimensions, none of them 0
  std::vector<float> values;  // the last dimension lies together; finite
};

class ModelFile {
 public:
  // origin: a file's name, for errors.
  explicit ModelFile(std::string schema, std::string origin = "a new model");

  const std::string& schema() const { return schema_; }
  const std::string& origin() const { return origin_; }
  // Names are letters, digits, '.', '_' and '-', at most 128 of them.
  std::map<std::string, Tensor> tensors;
  // What else is to be known of the model. "schema" and "sha256" are not among them.
  std::map<std::string, std::string> metadata;

  // Throws Error(corrupt) when there is none, one of another shape, or one that has values beyond most.
  const std::vector<float>& values(const std::string& name, const Shape& shape,
                                   float most = most_weight) const;
  const std::string& text(const std::string& key) const;
  // Throws Error(usage) when the model is of another schema: it must be trained anew.
  void require_schema(std::string_view schema) const;

 private:
  std::string schema_, origin_;
};

// Throws Error(failed) when the model breaks the rules above: it would not be read again.
std::string encode_model(const ModelFile& model);
// What it reads may be anybody's: throws Error(corrupt), naming origin, at whatever is not as described
// above.
ModelFile decode_model(std::string_view bytes, const std::string& origin);

// Readers see the old file or the new one, whenever the machine stops.
void write_model(const std::filesystem::path& path, const ModelFile& model);
// Throws Error(not_found) when there is none, and as decode_model does.
ModelFile read_model(const std::filesystem::path& path);

}  // namespace deskloom::predict
