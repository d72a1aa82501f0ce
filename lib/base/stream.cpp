#include "base/stream.hpp"

#include <fcntl.h>

#include "base/error.hpp"

namespace deskloom::base {

std::size_t TextSource::read(std::span<std::byte> buffer) {
  const std::size_t n = text_.copy(reinterpret_cast<char*>(buffer.data()), buffer.size(), used_);
  used_ += n;
  return n;
}

FileSource::FileSource(const std::filesystem::path& path) : path_(path) {
  if (!std::filesystem::exists(path)) throw Error(ErrorKind::not_found, "there is no file " + path.string());
  fd_ = open_file(path, O_RDONLY);
}

std::size_t FileSource::read(std::span<std::byte> buffer) {
  return read_full(fd_.get(), buffer.data(), buffer.size(), path_.string());
}

}  // namespace deskloom::base
