#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/fd.hpp"

namespace deskloom::base {

// Bytes that come once, in order. read returns the count, 0 at the end; throws Error.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::size_t read(std::span<std::byte> buffer) = 0;
};

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  std::string text_;
  std::size_t used_ = 0;
};

// A file of this machine. Throws Error(not_found).
class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path);
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  std::filesystem::path path_;
  UniqueFd fd_;
};

// A two-way byte stream: a socket, or a guest's virtio-serial port seen from the host.
// read returns 0 only when the other side has closed; both throw Error(guest) past their time limit.
class Channel : public ByteSource {
 public:
  virtual void write(std::span<const std::byte> bytes) = 0;
};

}  // namespace deskloom::base
