#pragma once

#include <span>
#include <utility>

#include "snapshot/bytes.hpp"

namespace deskloom::snapshot {

// Overwrites them, whatever the compiler thinks of it.
void wipe(std::span<std::byte> bytes);
void wipe(std::string& text);

// Octets of a key. They are wiped from memory when it goes.
class Secret {
 public:
  explicit Secret(std::size_t size) : bytes_(size) {}
  explicit Secret(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Secret& operator=(Secret&& other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(bytes_); }

  ByteView view() const { return bytes_; }
  std::span<std::byte> bytes() { return bytes_; }
  std::size_t size() const { return bytes_.size(); }

 private:
  Bytes bytes_;
};

}  // namespace deskloom::snapshot
