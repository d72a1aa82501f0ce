#pragma once

#include <span>
#include <string_view>

#include "base/error.hpp"

namespace deskloom::frame {

// What the process ends with. The table exit_codes() feeds main, the man pages and the tests; a caller must
// treat a code that is not in it as failure.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  partial = 3,
  differences = 4,
  no_store = 10,
  locked = 11,
  host_unreachable = 12,
  store_newer = 13,
  corrupt = 14,
  no_space = 15,
  guest = 16,
  not_found = 17,
  no_key = 18,
  interrupted = 130,
};

struct ExitCodeInfo {
  ExitCode code;
  std::string_view name;  // as in JSON errors
  std::string_view text;  // as in man pages
};

std::span<const ExitCodeInfo> exit_codes();
std::string_view name_of(ExitCode code);
ExitCode exit_code_of(base::ErrorKind kind);

}  // namespace deskloom::frame
