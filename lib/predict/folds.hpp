#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace deskloom::predict {

// The windows of a back-test with a rolling origin (Tashman: Out-of-sample tests of forecasting accuracy,
// Int. J. Forecasting 2000): one behind the other, each foretold by models that learnt from all that was
// before it. In the caller's unit of time: slots, hours, seconds.
class Folds {
 public:
  // [from, until) in so many windows that begin whole steps behind from and are equally long but for what is
  // left over, which the last one takes. Throws Error(usage) when one would be shorter than a step.
  Folds(std::int64_t from, std::int64_t until, int count = 1, std::int64_t step = 1);

  std::size_t count() const { return bounds_.size() - 1; }
  std::int64_t from() const { return bounds_.front(); }
  std::int64_t until() const { return bounds_.back(); }
  std::int64_t begin(std::size_t fold) const { return bounds_[fold]; }
  std::int64_t end(std::size_t fold) const { return bounds_[fold + 1]; }
  bool contain(std::int64_t at) const { return at >= from() && at < until(); }
  // The one in which a time of [from, until) lies.
  std::size_t fold_of(std::int64_t at) const;
  // The same windows in another unit of time.
  template <typename Convert>
  Folds in(const Convert& convert) const {
    Folds other = *this;
    for (std::int64_t& bound : other.bounds_) bound = convert(bound);
    return other;
  }

 private:
  std::vector<std::int64_t> bounds_;  // ascending
};

}  // namespace deskloom::predict
