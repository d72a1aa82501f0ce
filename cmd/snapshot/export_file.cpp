#include "snapshot/export_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/error.hpp"
#include "base/random.hpp"

namespace deskloom::cmd {
namespace {

namespace fs = std::filesystem;

constexpr const char* standard_output = "-";

bool is_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

ExportFile::ExportFile(const std::string& name) : name_(name) {
  if (name == standard_output) {
    fd_.reset(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (!fd_) throw base::system_error("cannot use standard output");
    return;
  }
  if (fs::is_regular_file(name) || fs::is_directory(name)) {
    throw base::Error(base::ErrorKind::usage, name + " exists already", "name another file, or remove it");
  }
  if (fs::exists(name)) {
    fd_ = base::open_file(name, O_WRONLY);
    return;
  }
  const fs::path path(name);
  if (path.has_parent_path() && !fs::is_directory(path.parent_path())) {
    throw base::Error(base::ErrorKind::not_found, "there is no directory " + path.parent_path().string(),
                      "make it first, or name a file elsewhere");
  }
  temporary_ = path.parent_path() / ("." + path.filename().string() + "." + base::SystemRandom().hex(8));
  fd_ = base::open_file(temporary_, O_WRONLY | O_CREAT | O_EXCL);
  can_skip_ = true;
}

ExportFile::~ExportFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void ExportFile::fail() const {
  if (errno == EPIPE) {
    throw base::Error(base::ErrorKind::failed,
                      "the reader of " + name_ + " went away before the export was whole");
  }
  throw base::system_error("cannot write " + (name_ == standard_output ? "to standard output" : name_));
}

void ExportFile::write(std::span<const std::byte> bytes) {
  size_ += bytes.size();
  // Zeros of a new file need no place on the disk.
  if (can_skip_ && is_zero(bytes)) {
    if (::lseek(fd_.get(), static_cast<off_t>(bytes.size()), SEEK_CUR) < 0) fail();
    return;
  }
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail();
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void ExportFile::finish() {
  if (temporary_.empty()) return;
  if (::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0 || ::fsync(fd_.get()) != 0) fail();
  if (::rename(temporary_.c_str(), name_.c_str()) != 0) fail();
  temporary_.clear();
  const auto directory = fs::path(name_).parent_path();
  base::fsync_directory(directory.empty() ? "." : directory);
}

}  // namespace deskloom::cmd
