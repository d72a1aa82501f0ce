#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "base/fd.hpp"

namespace deskloom::snapshot {

// Says, from construction to destruction or death, that a capture is being written: a file in writers/ with
// an flock(2) on it. A collection does not remove what captures that began before it could still name.
class WriterRegistration {
 public:
  explicit WriterRegistration(const std::filesystem::path& writers);
  ~WriterRegistration();
  WriterRegistration(const WriterRegistration&) = delete;
  WriterRegistration& operator=(const WriterRegistration&) = delete;

 private:
  std::filesystem::path path_;
  base::UniqueFd fd_;
};

// The names of those that live; what dead ones left is removed.
std::set<std::string> living_writers(const std::filesystem::path& writers);

}  // namespace deskloom::snapshot
