#include "fleet/libvirt/runtime.hpp"
#include "fleet/loader.hpp"

extern "C" __attribute__((visibility("default"))) deskloom::fleet::Runtime* deskloom_open_libvirt_runtime(
    const deskloom::fleet::HostTarget& target) {
  return new deskloom::fleet::LibvirtRuntime(target);
}
