#include "frame/emit.hpp"

#include <cerrno>
#include <ostream>

#include "base/error.hpp"

namespace deskloom::frame {

void emit(std::ostream& out, std::string_view text) {
  errno = 0;
  out << text << std::flush;
  if (!out && errno != EPIPE && errno != 0) throw base::system_error("cannot write to standard output");
}

}  // namespace deskloom::frame
