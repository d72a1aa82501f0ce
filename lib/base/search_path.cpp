#include "base/search_path.hpp"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace deskloom::base {

bool is_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    directory.append("/").append(program);
    if (::access(directory.c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace deskloom::base
