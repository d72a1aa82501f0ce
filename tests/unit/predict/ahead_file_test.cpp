// Models of the days ahead in their files (SPEC D4): what was learnt comes back, and nothing else does.
#include "predict/ahead/file.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

AheadModel some_model() {
  AheadModel model;
  model.connects[0][1] = -2.5F;
  model.present[horizon_bands.size() - 1][ahead_features - 1] = 7;
  return model;
}

ModelFile file_of(const char* schema) {
  ModelFile file(schema);
  put_ahead_model(file, some_model());
  return decode_model(encode_model(file), "a.safetensors");
}

base::ErrorKind problem_of(const ModelFile& file) {
  try {
    ahead_model_in(file);
  } catch (const base::Error& error) {
    CHECK_FALSE(error.hint().empty());
    return error.kind();
  }
  FAIL("taken");
  return {};
}

}  // namespace

TEST_CASE("what was learnt comes back as it was") {
  const AheadModel model = ahead_model_in(file_of(ahead_schema));
  CHECK(model.connects == some_model().connects);
  CHECK(model.present == some_model().present);
}

TEST_CASE("a model of other features, of other shapes, or that nobody has learnt is refused") {
  CHECK(problem_of(file_of("deskloom-ahead-0")) == base::ErrorKind::usage);
  ModelFile file = file_of(ahead_schema);
  file.tensors["ahead.present"] = {{1}, {0}};
  CHECK(problem_of(file) == base::ErrorKind::corrupt);
  file = file_of(ahead_schema);
  file.tensors.erase("ahead.connects");
  CHECK(problem_of(file) == base::ErrorKind::corrupt);
  file = file_of(ahead_schema);
  file.tensors["ahead.connects"].values[3] = -1e30F;
  CHECK(problem_of(file) == base::ErrorKind::corrupt);
}
