#pragma once

#include <filesystem>
#include <string>

#include "support/temp_dir.hpp"

namespace deskloom::test {

// A file system of that size ("2m"), which can be filled. Only root can make one.
class SmallDisk {
 public:
  // False, with a warning in the test's output, when this user cannot.
  static bool possible();

  explicit SmallDisk(const std::string& size);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::filesystem::path& path() const { return dir_.path(); }
  void grow(const std::string& size) const;
  void fill() const;
  void free() const;

 private:
  TempDir dir_;
};

}  // namespace deskloom::test
