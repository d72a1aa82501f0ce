#pragma once

#include <string>

#include "base/error.hpp"

namespace deskloom::base {

// What happened and what to do about it, in one line: "message; hint".
inline std::string with_hint(const Error& error) {
  return error.hint().empty() ? error.what() : error.what() + ("; " + error.hint());
}

}  // namespace deskloom::base
