#include "guest/server/remove.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace deskloom::guest {

void TreeRemover::remove_below(int parent, const std::string& name, const std::string& path) {
  try {
    const base::UniqueFd fd(::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0) throw base::system_error("cannot enter the directory");
    if (facts.st_dev != home_.device())
      throw base::Error(base::ErrorKind::failed, "is on another file system");
    for (const auto& entry : names_in(fd.get())) visit(fd.get(), entry, path_below(path, entry));
  } catch (const base::Error& error) {
    notes_.add(path, std::string("not removed: ") + error.what());
  }
}

void TreeRemover::visit(int directory, const std::string& name, const std::string& path) {
  struct stat facts {};
  if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return;
  const bool is_directory = S_ISDIR(facts.st_mode);
  const bool selected = selection_.contains(path, is_directory);
  if (!selected && !(is_directory && selection_.leads_to(path))) return;
  if (is_directory) remove_below(directory, name, path);
  if (!selected || is_kept_(path)) return;
  if (::unlinkat(directory, name.c_str(), is_directory ? AT_REMOVEDIR : 0) == 0) return;
  // Not empty: something below is excluded, or its own failure has been noted.
  if (errno != ENOTEMPTY) notes_.add(path, std::string("not removed: ") + std::strerror(errno));
}

}  // namespace deskloom::guest
