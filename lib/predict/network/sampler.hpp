#pragma once

namespace deskloom::predict {

// Takes a share of what comes, evenly.
class Sampler {
 public:
  explicit Sampler(double share) : share_(share) {}

  bool takes() {
    due_ += share_;
    if (due_ < 1) return false;
    due_ -= 1;
    return true;
  }

 private:
  double share_, due_ = 0;
};

}  // namespace deskloom::predict
