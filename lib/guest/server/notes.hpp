#pragma once

#include <string>

#include "guest/codec.hpp"

namespace deskloom::guest {

// Path → what could not be done with it. Kept to a number that fits one reply; how many more there were is
// told.
class Notes {
 public:
  void add(const std::string& path, const std::string& reason) {
    if (kept_.size() + 1 < max_list_elements) {
      kept_.emplace_back(path, reason);
    } else {
      ++more_;
    }
  }

  Pairs all() const {
    auto result = kept_;
    if (more_ > 0) result.emplace_back("", "and " + std::to_string(more_) + " more");
    return result;
  }

 private:
  Pairs kept_;
  std::size_t more_ = 0;
};

}  // namespace deskloom::guest
