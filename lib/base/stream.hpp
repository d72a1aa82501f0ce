#pragma once

#include <cstddef>
#include <span>

namespace deskloom::base {

// Bytes that come once, in order. read returns the count, 0 at the end; throws Error.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::size_t read(std::span<std::byte> buffer) = 0;
};

// A two-way byte stream: a socket, or a guest's virtio-serial port seen from the host.
// read returns 0 only when the other side has closed; both throw Error(guest) past their time limit.
class Channel : public ByteSource {
 public:
  virtual void write(std::span<const std::byte> bytes) = 0;
};

}  // namespace deskloom::base
