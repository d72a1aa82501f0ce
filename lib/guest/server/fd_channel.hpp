#pragma once

#include "base/stream.hpp"

namespace deskloom::guest {

// The guest's end of the stream: a virtio-serial port, a socket, or standard input and output. A port's write
// would sleep until some host connects, which may be another conversation's: both ways are non-blocking with
// poll(2), and a host that has gone away is the end (read) or an Error (write) at once.
class FdChannel : public base::Channel {
 public:
  // Does not own the descriptors.
  FdChannel(int in, int out);
  std::size_t read(std::span<std::byte> buffer) override;
  void write(std::span<const std::byte> bytes) override;

 private:
  int in_;
  int out_;
};

}  // namespace deskloom::guest
