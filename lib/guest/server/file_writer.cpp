#include "guest/server/file_writer.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.hpp"

namespace deskloom::guest {

std::string beside_name() {
  static std::uint64_t count = 0;
  return ".deskloom-" + std::to_string(::getpid()) + "-" + std::to_string(++count) + ".part";
}

FileWriter::FileWriter(const Home::Place& place, std::uint64_t size)
    : directory_(::fcntl(place.directory, F_DUPFD_CLOEXEC, 3)),
      name_(place.name),
      beside_(beside_name()),
      size_(size) {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  ::unlinkat(directory_.get(), beside_.c_str(), 0);  // a killed helper's, whose pid has come round
  fd_.reset(::openat(directory_.get(), beside_.c_str(), flags, 0600));
  if (!fd_) throw base::system_error("cannot create it");
}

FileWriter::~FileWriter() {
  if (fd_ && !placed_) ::unlinkat(directory_.get(), beside_.c_str(), 0);
}

void FileWriter::take(std::uint64_t size) {
  if (size > size_ - written_) throw base::Error(base::ErrorKind::failed, "more content came than its size");
  written_ += size;
}

void FileWriter::data(std::string_view bytes) {
  take(bytes.size());
  base::write_full(fd_.get(), bytes, "it");
}

void FileWriter::hole(std::uint64_t size) {
  take(size);
  if (::lseek(fd_.get(), static_cast<off_t>(size), SEEK_CUR) < 0)
    throw base::system_error("cannot leave a hole");
}

void FileWriter::complete() {
  if (written_ != size_) throw base::Error(base::ErrorKind::failed, "less content came than its size");
  if (::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) throw base::system_error("cannot set its size");
}

void FileWriter::place() {
  if (::renameat(directory_.get(), beside_.c_str(), directory_.get(), name_.c_str()) != 0) {
    throw base::system_error("cannot put it in its place");
  }
  placed_ = true;
}

}  // namespace deskloom::guest
