#pragma once

#include <string>
#include <vector>

#include "frame/context.hpp"

namespace deskloom::cmd {

enum class Verdict { ok, warning, failure };

// What was looked at, what was found, and what to do about it.
struct Finding {
  std::string check;
  Verdict verdict = Verdict::ok;
  std::string detail;
  std::string fix;
};

// Everything this machine and the policy's hosts need. Later checks that need an earlier one are left out.
std::vector<Finding> examine(frame::Context& context);

}  // namespace deskloom::cmd
