#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace deskloom::base {

// Owns one file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// All of these throw Error naming the path; O_CLOEXEC is always added.
UniqueFd open_file(const std::filesystem::path& path, int flags, mode_t mode = 0600);
// Reads until size bytes or end of file; returns the count.
std::size_t read_full(int fd, void* data, std::size_t size, const std::string& name);
std::size_t pread_full(int fd, void* data, std::size_t size, std::uint64_t offset, const std::string& name);
void write_full(int fd, std::string_view data, const std::string& name);
void pwrite_full(int fd, std::span<const std::byte> data, std::uint64_t offset, const std::string& name);
// Whole file, refused when larger than limit_bytes.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit_bytes);
// Written beside, fsynced, renamed, directory fsynced: readers see the old or the new content.
void write_file_durably(const std::filesystem::path& path, std::string_view data, mode_t mode = 0600);
// Whether it is the name of a file that write_file_durably had not renamed yet.
bool is_unfinished_name(std::string_view name);
// False when there was none.
bool remove_file(const std::filesystem::path& path);
std::uint64_t file_size(const std::filesystem::path& path);
// When a file, or what is in a directory, was changed last, on the file system's clock, which may stand still
// for some milliseconds. nullopt: it is not there.
std::optional<Timestamp> modified_at(const std::filesystem::path& path);
void fsync_fd(int fd, const std::string& name);
void fsync_directory(const std::filesystem::path& path);
// The names in a directory, ascending, without "." and "..".
std::vector<std::string> list_directory(const std::filesystem::path& path);
// mkdir -p with mode 0700 for what is created.
void make_private_directories(const std::filesystem::path& path);

}  // namespace deskloom::base
