#pragma once

#include <filesystem>
#include <string>

#include "base/fd.hpp"

namespace deskloom::snapshot {

// Opens what is below one directory and nothing else: no symbolic link is followed, at no component, so that
// who can write below the root cannot lead a privileged reader or writer out of it.
class Beneath {
 public:
  // Without openat2(2) (kernels before 5.6) each component is opened by itself; tests choose that.
  explicit Beneath(const std::filesystem::path& root, bool may_use_openat2 = true);

  // path as in Node ("" is the root). The descriptor is empty and errno set when it cannot be opened.
  base::UniqueFd try_open(const std::string& path, int flags) const;
  base::UniqueFd open(const std::string& path, int flags) const;  // throws Error
  std::string full_name(const std::string& path) const;           // for messages

 private:
  base::UniqueFd walk(const std::string& path, int flags) const;

  std::filesystem::path root_path_;
  base::UniqueFd root_;
  bool has_openat2_;
};

// A name under which calls that take no descriptor reach exactly what fd is open on.
std::string descriptor_path(int fd);

}  // namespace deskloom::snapshot
