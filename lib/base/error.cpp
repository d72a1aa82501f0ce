#include "base/error.hpp"

#include <cerrno>
#include <cstring>

namespace deskloom::base {

Error system_error(const std::string& what, int errno_value) {
  const bool full = errno_value == ENOSPC || errno_value == EDQUOT;
  return {full ? ErrorKind::no_space : ErrorKind::failed, what + ": " + std::strerror(errno_value),
          full ? "free space on that file system; what was acknowledged before is intact" : ""};
}

Error system_error(const std::string& what) { return system_error(what, errno); }

}  // namespace deskloom::base
