#pragma once

#include <libvirt/libvirt.h>

#include <cstdlib>
#include <memory>

#include "base/handle.hpp"

namespace deskloom::fleet {

using DomainHandle = base::Handle<virDomain, virDomainFree>;
using StreamHandle = base::Handle<virStream, virStreamFree>;
using PoolHandle = base::Handle<virStoragePool, virStoragePoolFree>;
using VolumeHandle = base::Handle<virStorageVol, virStorageVolFree>;

struct FreeText {
  void operator()(char* text) const { std::free(text); }
};
using TextHandle = std::unique_ptr<char, FreeText>;

}  // namespace deskloom::fleet
