// Training networks (SPEC D4): better than the regression that it starts from, the same each time, and gone
// on from where it was interrupted.
#include "predict/torch/connect_training.hpp"

#include "../predict/office.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr int weeks = 14;

Dataset office_data() {
  auto users = office(8, weeks);
  return {weeks_from_january(weeks), users, std::vector<Person>(users.size(), {"clerk", "office"})};
}

TrainingOptions small() {
  TrainingOptions options;
  options.shape.state = 8;
  options.shape.wide = 16;
  options.shape.narrow = 8;
  options.epochs = 3;
  return options;
}

struct Interrupted {};

std::string trained(const Dataset& data, const TrainingOptions& options) {
  return encode_model(train_connects(data, data.grid.slots(), options, [](const TrainingProgress&) {}));
}

}  // namespace

TEST_CASE("a trained network foretells held-out weeks no worse than the regression in it, alike each time") {
  const auto data = office_data();
  for (const EncoderKind kind : {EncoderKind::lstm, EncoderKind::transformer}) {
    auto options = small();
    options.shape.encoder = kind;
    double loss = 1, regression = 0;
    const auto model =
        train_connects(data, data.grid.slots(), options, [&](const TrainingProgress& progress) {
          loss = std::min(loss, progress.validation_loss.value_or(loss));
          regression = progress.regression_loss.value_or(regression);
        });
    CHECK(loss < regression * 1.01);
    CHECK_NOTHROW(ConnectNetwork(model));
    CHECK(encode_model(model) == trained(data, options));
    options.seed = 2;
    CHECK(encode_model(model) != trained(data, options));
  }
}

TEST_CASE("an interrupted training is gone on from, and gives what it would have given") {
  const auto data = office_data();
  const TempDir directory;
  auto options = small();
  const auto whole = trained(data, options);
  options.checkpoint = directory / "half.safetensors";
  CHECK_THROWS_AS(train_connects(data, data.grid.slots(), options,
                                 [](const TrainingProgress& progress) {
                                   if (progress.epoch == 3) throw Interrupted();
                                 }),
                  Interrupted);
  CHECK(std::filesystem::exists(options.checkpoint));
  int epochs = 0;
  const auto rest = train_connects(data, data.grid.slots(), options, [&](const TrainingProgress& progress) {
    epochs += progress.validation_loss ? 1 : 0;
  });
  CHECK(epochs == 1);
  CHECK(encode_model(rest) == whole);
  CHECK_FALSE(std::filesystem::exists(options.checkpoint));
}

TEST_CASE("too little to learn from, and a GPU that is not there, are said") {
  const auto data = office_data();
  const auto kind_of = [&](std::int64_t until, const TrainingOptions& options) {
    try {
      train_connects(data, until, options, [](const TrainingProgress&) {});
    } catch (const base::Error& error) {
      CHECK_FALSE(error.hint().empty());
      return error.kind();
    }
    return base::ErrorKind::failed;
  };
  CHECK(kind_of(8 * slots_per_week, small()) == base::ErrorKind::usage);
}
