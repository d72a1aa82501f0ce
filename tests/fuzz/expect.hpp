#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "fuzz/targets.hpp"

namespace deskloom::test {

inline std::string_view text_of(Input input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

// True when parse returned; false when it refused the bytes with an Error of these kinds. Anything else goes
// through.
template <typename Parse>
bool accepts(std::initializer_list<base::ErrorKind> kinds, const Parse& parse) {
  try {
    parse();
    return true;
  } catch (const base::Error& error) {
    if (std::find(kinds.begin(), kinds.end(), error.kind()) == kinds.end()) throw;
    return false;
  }
}

// The same for a parser that is told errors, of whatever kind.
template <typename Parse>
bool accepts_any(const Parse& parse) {
  try {
    parse();
    return true;
  } catch (const base::Error&) {
    return false;
  }
}

// Bytes under a name, for parsers of files.
class MemoryFile {
 public:
  explicit MemoryFile(Input input) : fd_(::memfd_create("input", MFD_CLOEXEC)) {
    base::write_full(fd_.get(), text_of(input), "memory");
  }
  int fd() const { return fd_.get(); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }

 private:
  base::UniqueFd fd_;
};

}  // namespace deskloom::test
