#pragma once

#include <filesystem>
#include <string>

namespace deskloom::test {

// False, with a warning, where scripts/lab cannot work: it needs root and a mount namespace.
bool lab_works();

// A libvirtd of scripts/lab, there for one test.
class LabHost {
 public:
  explicit LabHost(const std::filesystem::path& directory);
  ~LabHost();
  LabHost(const LabHost&) = delete;
  LabHost& operator=(const LabHost&) = delete;
  const std::string& uri() const { return uri_; }

 private:
  std::string directory_;
  std::string uri_;
};

}  // namespace deskloom::test
