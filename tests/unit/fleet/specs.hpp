#pragma once

#include "fleet/runtime.hpp"

namespace deskloom::test {

inline fleet::InstanceSpec tiny_spec() {
  fleet::InstanceSpec spec;
  spec.name = "desk-1";
  spec.image.name = "tiny";
  spec.image.kernel = "/images/tiny/vmlinuz";
  spec.image.initrd = "/images/tiny/initrd.img";
  spec.image.cmdline = "console=ttyS0 quiet";
  spec.image.persona_volume = "/images/tiny/persona.qcow2";
  spec.image.minimum_memory_bytes = 128 << 20;
  spec.allocation = {2, 256 << 20};
  spec.directory = "/srv/instances/desk-1";
  spec.accelerator = "tcg";
  return spec;
}

inline fleet::InstanceSpec container_spec() {
  fleet::InstanceSpec spec = tiny_spec();
  spec.image = {};
  spec.image.name = "container";
  spec.image.container = fleet::ContainerImage{"localhost/desk:1", {}, true, std::nullopt};
  spec.accelerator = "none";
  return spec;
}

}  // namespace deskloom::test
