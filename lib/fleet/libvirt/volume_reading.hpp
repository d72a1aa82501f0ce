#pragma once

#include <string>

#include "fleet/libvirt/nbd_client.hpp"
#include "fleet/volume.hpp"

namespace deskloom::fleet {

// What a reading of a running instance's disk and one of a file have in common.
class NbdVolume : public VolumeReading {
 public:
  const VolumeFacts& facts() const override { return facts_; }
  const std::vector<Extent>& extents() const override { return extents_; }
  void read(std::uint64_t offset, std::span<std::byte> into) override;
  void keep_checkpoint() override {}

 protected:
  NbdVolume(std::string name, VolumeFacts facts);
  NbdClient& client() { return client_; }
  // To be called when the client is connected.
  void look();

 private:
  std::string name_;
  VolumeFacts facts_;
  std::vector<Extent> extents_;
  NbdClient client_;
};

}  // namespace deskloom::fleet
