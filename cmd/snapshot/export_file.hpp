#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/fd.hpp"

namespace deskloom::cmd {

// Where an export goes: a new file, which has its name only once it is whole; what is there and no file (a
// tape, a fifo); or, for "-", standard output. Throws Error: usage when the file exists, no_space, failed
// when the reader of standard output goes away.
class ExportFile {
 public:
  explicit ExportFile(const std::string& name);
  ~ExportFile();
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  void write(std::span<const std::byte> bytes);
  // Durable under its name when it returns.
  void finish();
  std::uint64_t size() const { return size_; }

 private:
  [[noreturn]] void fail() const;

  std::string name_;
  std::filesystem::path temporary_;  // empty: written where it stays
  base::UniqueFd fd_;
  std::uint64_t size_ = 0;
  bool can_skip_ = false;
};

}  // namespace deskloom::cmd
