// Models of places and of applications in their files (SPEC D4, D5): what was learnt comes back, and nothing
// else does.
#include "predict/place/file.hpp"

#include <limits>

#include "base/error.hpp"
#include "predict/application/file.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

ModelFile read_again(const ModelFile& file) { return decode_model(encode_model(file), "a.safetensors"); }

template <typename Read>
bool is_refused(const ModelFile& file, const Read& read) {
  try {
    read(file);
  } catch (const base::Error& error) {
    return error.kind() == base::ErrorKind::corrupt;
  }
  return false;
}

ModelFile file_of_both() {
  ModelFile file("deskloom-ahead-1");
  PlaceModel places = usual_place_model();
  places.weights.back().back() = -2.5F;
  put_place_model(file, places);
  ApplicationModel applications = usual_application_model();
  applications.next.back() = 1.5F;
  applications.in_session.back() = -0.75;
  put_application_model(file, applications);
  return file;
}

}  // namespace

TEST_CASE("models of places and applications come back as they were") {
  const ModelFile file = read_again(file_of_both());
  PlaceModel places = usual_place_model();
  places.weights.back().back() = -2.5F;
  CHECK(place_model_in(file)->weights == places.weights);
  const auto applications = application_model_in(file);
  CHECK(applications->next.back() == 1.5F);
  CHECK(applications->in_session.back() == -0.75);
  CHECK(applications->next.front() == usual_application_model().next.front());
}

TEST_CASE("a file that was made before has none of them") {
  const ModelFile file("deskloom-ahead-1");
  CHECK_FALSE(place_model_in(file));
  CHECK_FALSE(application_model_in(file));
}

TEST_CASE("models of other shapes, half of one, and numbers that nobody has learnt are refused") {
  const auto with = [](const std::string& name, Tensor tensor) {
    ModelFile file = file_of_both();
    file.tensors[name] = std::move(tensor);
    return file;
  };
  for (const float absurd : {1e30F, std::numeric_limits<float>::quiet_NaN()}) {
    CHECK(is_refused(
        with("place.weights", {{7, place_features}, std::vector<float>(7 * place_features, absurd)}),
        place_model_in));
    CHECK(
        is_refused(with("application.in_session", {{use_features}, std::vector<float>(use_features, absurd)}),
                   application_model_in));
  }
  CHECK(is_refused(with("place.weights", {{7, 1}, std::vector<float>(7)}), place_model_in));
  CHECK(is_refused(with("application.next", {{1}, {0}}), application_model_in));
  for (const char* half : {"application.next", "application.in_session"}) {
    ModelFile file = file_of_both();
    file.tensors.erase(half);
    CHECK(is_refused(file, application_model_in));
  }
}
