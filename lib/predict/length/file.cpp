#include "predict/length/file.hpp"

#include <array>

#include "base/error.hpp"

namespace deskloom::predict {
namespace {

constexpr const char* numbers_name = "length.numbers";
// Wide enough for whatever is learnt.
struct Bounds {
  float LengthModel::*number;
  float least, most;
};
constexpr std::array<Bounds, 5> numbers{{{&LengthModel::hours_apart, 0.1F, 100},
                                         {&LengthModel::half_life_weeks, 0.1F, 1000},
                                         {&LengthModel::other_kind_of_day, 0, 1},
                                         {&LengthModel::others_sessions, 0.01F, 1000},
                                         {&LengthModel::by_the_clock, 0, 1}}};

}  // namespace

void put_length_model(ModelFile& file, const LengthModel& model) {
  Tensor tensor{{numbers.size()}, {}};
  for (const Bounds& of : numbers) tensor.values.push_back(model.*of.number);
  file.tensors[numbers_name] = std::move(tensor);
}

std::optional<LengthModel> length_model_in(const ModelFile& file) {
  if (!file.tensors.contains(numbers_name)) return {};
  const auto& values = file.values(numbers_name, {numbers.size()});
  LengthModel model;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!(values[i] >= numbers[i].least && values[i] <= numbers[i].most)) {
      throw base::Error(base::ErrorKind::corrupt,
                        file.origin() + ": tensor " + numbers_name + " has absurd values", "train anew");
    }
    model.*numbers[i].number = values[i];
  }
  return model;
}

}  // namespace deskloom::predict
