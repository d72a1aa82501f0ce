#include "support/temp_dir.hpp"

#include <cstdlib>

#include "base/error.hpp"

namespace deskloom::test {

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "deskloom-test.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw base::system_error("cannot create " + name);
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace deskloom::test
