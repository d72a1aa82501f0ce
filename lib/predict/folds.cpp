#include "predict/folds.hpp"

#include <algorithm>
#include <string>

#include "base/error.hpp"

namespace deskloom::predict {

Folds::Folds(std::int64_t from, std::int64_t until, int count, std::int64_t step) {
  const std::int64_t steps = until > from ? (until - from) / step : 0;
  if (count < 1 || (count > 1 && steps < count) || until <= from) {
    throw base::Error(base::ErrorKind::usage, "the test is too short for " + std::to_string(count) + " folds",
                      "ask for fewer, or let the test begin earlier");
  }
  for (int fold = 0; fold < count; ++fold) bounds_.push_back(from + steps * fold / count * step);
  bounds_.push_back(until);
}

std::size_t Folds::fold_of(std::int64_t at) const {
  const auto behind = std::ranges::upper_bound(bounds_, at);
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(behind - bounds_.begin() - 1, 0));
}

}  // namespace deskloom::predict
