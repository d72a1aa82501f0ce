#include "base/fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/error.hpp"

namespace deskloom::base {
namespace {

constexpr std::string_view unfinished_infix = ".new.";

}  // namespace

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

UniqueFd open_file(const std::filesystem::path& path, int flags, mode_t mode) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (fd < 0) throw system_error("cannot open " + path.string());
  return UniqueFd(fd);
}

std::size_t read_full(int fd, void* data, std::size_t size, const std::string& name) {
  auto* bytes = static_cast<char*>(data);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(fd, bytes + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw system_error("cannot read " + name);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

std::size_t pread_full(int fd, void* data, std::size_t size, std::uint64_t offset, const std::string& name) {
  auto* bytes = static_cast<char*>(data);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(fd, bytes + done, size - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw system_error("cannot read " + name);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void write_full(int fd, std::string_view data, const std::string& name) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw system_error("cannot write " + name);
    data.remove_prefix(static_cast<std::size_t>(n));
  }
}

void pwrite_full(int fd, std::span<const std::byte> data, std::uint64_t offset, const std::string& name) {
  while (!data.empty()) {
    const ssize_t n = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw system_error("cannot write " + name);
    data = data.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

std::string read_file(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  const auto fd = open_file(path, O_RDONLY);
  std::string data;
  char buffer[65536];
  while (const std::size_t n = read_full(fd.get(), buffer, sizeof buffer, path.string())) {
    data.append(buffer, n);
    if (data.size() > limit_bytes) {
      throw Error(ErrorKind::usage,
                  path.string() + " is larger than " + std::to_string(limit_bytes) + " bytes");
    }
  }
  return data;
}

void write_file_durably(const std::filesystem::path& path, std::string_view data, mode_t mode) {
  const std::filesystem::path beside =
      path.string() + std::string(unfinished_infix) + std::to_string(::getpid());
  {
    const auto fd = open_file(beside, O_WRONLY | O_CREAT | O_TRUNC, mode);
    try {
      write_full(fd.get(), data, beside.string());
      fsync_fd(fd.get(), beside.string());
    } catch (...) {
      ::unlink(beside.c_str());
      throw;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const int saved = errno;
    ::unlink(beside.c_str());
    throw system_error("cannot replace " + path.string(), saved);
  }
  fsync_directory(path.parent_path());
}

bool is_unfinished_name(std::string_view name) { return name.find(unfinished_infix) != name.npos; }

bool remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  throw system_error("cannot remove " + path.string());
}

std::uint64_t file_size(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw system_error("cannot look at " + path.string());
  return static_cast<std::uint64_t>(status.st_size);
}

std::optional<Timestamp> modified_at(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::nullopt;
    throw system_error("cannot read " + path.string());
  }
  return from_ns(std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec);
}

void fsync_fd(int fd, const std::string& name) {
  if (::fsync(fd) != 0) throw system_error("cannot flush " + name);
}

void fsync_directory(const std::filesystem::path& path) {
  const auto fd = open_file(path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
  fsync_fd(fd.get(), path.string());
}

std::vector<std::string> list_directory(const std::filesystem::path& path) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename());
  }
  if (error) throw system_error("cannot list " + path.string(), error.value());
  std::sort(names.begin(), names.end());
  return names;
}

void make_private_directories(const std::filesystem::path& path) {
  if (path.empty() || std::filesystem::is_directory(path)) return;
  make_private_directories(path.parent_path());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    throw system_error("cannot create directory " + path.string());
  }
}

}  // namespace deskloom::base
