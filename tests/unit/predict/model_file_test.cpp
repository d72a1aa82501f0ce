// The file that models are kept in (SPEC D4): what was written is read, and nothing else is.
#include "predict/model_file.hpp"

#include <cstring>
#include <limits>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/sha256.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using deskloom::test::Contains;

namespace {

constexpr std::size_t length_bytes = 8;
const std::string no_hash(64, '0');

ModelFile small_model() {
  ModelFile model("deskloom-test-1");
  model.tensors["layer.weight"] = {{2, 3}, {1, 2, 3, -4, 5.5F, 6}};
  model.tensors["bias"] = {{1}, {-0.25F}};
  model.metadata["users"] = R"(["ann", "b\"ö\"b"])";
  return model;
}

// As a stranger would make it: a header and bytes, with the length and the hash that belong to them.
std::string file_of(std::string header, const std::string& data) {
  std::string bytes(length_bytes, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, length_bytes);
  bytes += header + data;
  const auto hash = base::hex_of(base::sha256(std::as_bytes(std::span(bytes))));
  if (const auto place = bytes.find(no_hash); place != std::string::npos)
    bytes.replace(place, no_hash.size(), hash);
  return bytes;
}

std::string with_tensors(const std::string& tensors, const std::string& data) {
  return file_of(R"({"__metadata__":{"schema":"s","sha256":")" + no_hash + "\"}" + tensors + "}", data);
}

std::string problem_of(const std::string& bytes) {
  try {
    decode_model(bytes, "a.safetensors");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::corrupt);
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("a model is read as it was written, and written alike each time") {
  const test::TempDir directory;
  const auto model = small_model();
  write_model(directory / "m.safetensors", model);
  const auto again = read_model(directory / "m.safetensors");
  CHECK(again.schema() == "deskloom-test-1");
  CHECK(again.metadata == model.metadata);
  REQUIRE(again.tensors.size() == 2);
  CHECK(again.values("layer.weight", {2, 3}) == model.tensors.at("layer.weight").values);
  CHECK(again.values("bias", {1}) == std::vector<float>{-0.25F});
  CHECK(encode_model(again) == encode_model(model));
  CHECK(base::list_directory(directory.path()).size() == 1);
}

TEST_CASE("the format is safetensors': length, JSON, and bytes at a multiple of eight") {
  const auto bytes = encode_model(small_model());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  CHECK(length % 8 == 0);
  CHECK(bytes.size() == 8 + length + 7 * sizeof(float));
  CHECK_THAT(bytes, Contains(R"("layer.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]})"));
  float bias = 0;
  std::memcpy(&bias, bytes.data() + 8 + length, sizeof bias);
  CHECK(bias == -0.25F);
}

TEST_CASE("whichever byte of a model is changed, cut off, or added, it is refused") {
  const auto bytes = encode_model(small_model());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK(problem_of(changed) != "none");
    CHECK(problem_of(bytes.substr(0, i)) != "none");
  }
  CHECK(problem_of(bytes + '\0') != "none");
}

TEST_CASE("a header that fits its hash, but no model, is refused with the reason") {
  const std::string four(4, '\0');
  CHECK(problem_of(with_tensors("", "")) == "none");
  CHECK(problem_of(with_tensors(R"(,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})", four)) == "none");
  const auto refused = [&](const std::string& tensors, const std::string& data, const char* reason) {
    CHECK_THAT(problem_of(with_tensors(tensors, data)), Contains(reason));
  };
  const std::string a = R"(,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  refused(a + a, four, "names 'a' twice");
  refused(R"(,"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]})", four, "'shape' twice");
  refused(R"(,"a":{"dtype":"F64","shape":[1],"data_offsets":[0,4]})", four, "F32");
  refused(R"(,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1})", four, "F32");
  refused(R"(,"a":7)", four, "F32");
  refused(R"(,"a b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})", four, "no name");
  refused(R"(,"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]})", four, "no valid shape");
  refused(R"(,"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})", "", "no valid shape");
  refused(R"(,"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]})", four, "no valid shape");
  refused(R"(,"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]})", four, "no valid shape");
  refused(R"(,"a":{"dtype":"F32","shape":[4294967296,4294967297],"data_offsets":[0,4]})", four,
          "no valid shape");
  refused(R"(,"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]})", four, "does not lie");
  refused(R"(,"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]})", four, "does not lie");
  refused(R"(,"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})", four, "does not lie");
  refused(R"(,"a":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,0]})", four,
          "does not lie");
  refused(R"(,"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})", four + four, "gaps");
  refused(a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})", four, "overlap");
  refused(a, four + four, "follows");
  refused(a, "\xff\xff\xff\x7f", "not finite");
  refused(R"(,"a":[[[[[]]]]])", "", "nested");
  CHECK_THAT(problem_of(file_of("[]", "")), Contains("'{'"));
  CHECK_THAT(problem_of(file_of("{}", "")), Contains("no metadata"));
  CHECK_THAT(problem_of(file_of(R"({"__metadata__":{"schema":"s"}})", "")), Contains("no 'sha256'"));
  CHECK_THAT(problem_of(file_of(R"({"__metadata__":{"sha256":")" + no_hash + "\"}}", "")),
             Contains("no 'schema'"));
  CHECK_THAT(problem_of(file_of(R"({"__metadata__":{"schema":1}})", "")), Contains("not text"));
  CHECK_THAT(problem_of(file_of(R"({"__metadata__":{"schema":"s","sha256":""}})", "")),
             Contains("malformed"));
  CHECK_THAT(problem_of(std::string(8, '\xff')), Contains("too long"));
}

TEST_CASE("a model of many keys is refused before they take long") {
  std::string tensors;
  for (int i = 0; i < 10'000; ++i) tensors += ",\"t" + std::to_string(i) + "\":1";
  CHECK_THAT(problem_of(with_tensors(tensors, "")), Contains("too many keys"));
}

TEST_CASE("a model of many tensors is read as it was written") {
  ModelFile model("deskloom-test-1");
  for (int i = 0; i < 300; ++i) model.tensors["t" + std::to_string(i)] = {{1}, {static_cast<float>(i)}};
  const auto again = decode_model(encode_model(model), "a.safetensors");
  CHECK(again.tensors.size() == 300);
  CHECK(again.values("t299", {1}) == std::vector<float>{299});
}

TEST_CASE("a model that would not be read again is not written") {
  const auto refused = [](const ModelFile& model) {
    try {
      encode_model(model);
    } catch (const base::Error& error) {
      return error.kind() == base::ErrorKind::failed;
    }
    return false;
  };
  auto model = small_model();
  model.tensors["bias"].values[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(refused(model));
  model = small_model();
  model.tensors["bias"].shape = {2};
  CHECK(refused(model));
  model = small_model();
  model.tensors["a b"] = {{1}, {1}};
  CHECK(refused(model));
  model = small_model();
  model.metadata["sha256"] = "mine";
  CHECK(refused(model));
  model = small_model();
  model.metadata["users"] = "\xff";
  CHECK(refused(model));
}

TEST_CASE("what a model lacks, and a model for something else, is said") {
  const auto model = small_model();
  CHECK_THROWS_WITH(model.values("layer.weight", {3, 2}), Contains("has the shape [2,3], not [3,2]"));
  CHECK_THROWS_WITH(model.values("layer", {1}), Contains("layer is missing"));
  CHECK_THROWS_WITH(model.text("zone"), Contains("does not say its 'zone'"));
  CHECK_NOTHROW(model.require_schema("deskloom-test-1"));
  try {
    model.require_schema("deskloom-test-2");
    FAIL("it was taken");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    CHECK(error.hint() == "train anew");
  }
  const test::TempDir directory;
  try {
    read_model(directory / "none");
    FAIL("it was read");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::not_found);
  }
}
