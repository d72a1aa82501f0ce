#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace deskloom::base {

// What happened and what to do about it, in one line: "message; hint".
inline std::string with_hint(const Error& error) {
  return error.hint().empty() ? error.what() : error.what() + ("; " + error.hint());
}

// What can be done without becomes a note, "what: message; hint". An interruption goes on.
template <typename Action>
void try_to(const std::string& what, std::vector<std::string>& notes, const Action& action) {
  try {
    action();
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::interrupted) throw;
    notes.push_back(what + ": " + with_hint(e));
  }
}

}  // namespace deskloom::base
