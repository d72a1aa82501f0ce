#pragma once

#include <string>
#include <vector>

#include "fleet/volume.hpp"
#include "snapshot/store.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

// A volume in a snapshot store, with a file system labelled "persona" and files of noise in it, whose bytes
// are nowhere else.
class StoredVolume {
 public:
  StoredVolume(std::uint64_t size_bytes, const std::vector<std::size_t>& file_sizes);

  // As an instance's disk "persona".
  fleet::ServedVolume served(const std::filesystem::path& instance_directory) const;
  // Of the files "0", "1", …: lines as sha256sum(1) prints them.
  const std::string& sums() const { return sums_; }
  const std::string& snapshot() const { return snapshot_; }
  const std::filesystem::path& store() const { return store_; }

 private:
  TempDir dir_;
  std::filesystem::path store_ = dir_ / "store";
  std::uint64_t size_bytes_;
  std::string sums_, snapshot_;
};

}  // namespace deskloom::test
