#include "fleet/libvirt/volume_reading.hpp"

#include "base/error.hpp"

namespace deskloom::fleet {

NbdVolume::NbdVolume(std::string name, VolumeFacts facts)
    : name_(std::move(name)), facts_(std::move(facts)), client_(name_) {}

void NbdVolume::look() {
  facts_.size_bytes = client_.size_bytes();
  extents_ = client_.extents();
}

void NbdVolume::read(std::uint64_t offset, std::span<std::byte> into) {
  if (offset > facts_.size_bytes || into.size() > facts_.size_bytes - offset) {
    throw base::Error(base::ErrorKind::usage, name_ + " ends before byte " +
                                                  std::to_string(offset + into.size()) + ", at " +
                                                  std::to_string(facts_.size_bytes));
  }
  client_.read(offset, into);
}

}  // namespace deskloom::fleet
