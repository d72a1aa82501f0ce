#pragma once

#include <functional>
#include <string>

#include "base/error.hpp"
#include "support/catch.hpp"

namespace deskloom::test {

// The Error that call throws; fails the test when it throws none.
inline base::Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  return {base::ErrorKind::failed, ""};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace deskloom::test
