#include "base/plugin.hpp"
#include "present/plugin.hpp"

namespace deskloom::present {
namespace {

void* load(const char* symbol) {
  return base::load_plugin_symbol(base::plugin_candidates("deskloom-present.so"), symbol,
                                  "install libarchive and libfuse (Debian: libarchive13, libfuse3-3)");
}

}  // namespace

std::unique_ptr<snapshot::TreeSink> tar_sink(const WriteBytes& write) {
  static auto* const factory = reinterpret_cast<TarSinkFactory*>(load(tar_sink_symbol));
  return std::unique_ptr<snapshot::TreeSink>(factory(write));
}

void mount(const MountRequest& request) { reinterpret_cast<Mount*>(load(mount_symbol))(request); }

}  // namespace deskloom::present
