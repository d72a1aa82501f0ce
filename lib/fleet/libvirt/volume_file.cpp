#include "fleet/libvirt/volume_file.hpp"

#include "base/error.hpp"
#include "base/process.hpp"
#include "fleet/libvirt/volume_reading.hpp"

namespace deskloom::fleet {
namespace {

constexpr const char* tools_hint = "it needs qemu-img and qemu-nbd (Debian: qemu-utils)";

VolumeFacts facts_of_file() {
  VolumeFacts facts;
  facts.mode = "full scan: a file";
  facts.not_frozen = "not frozen: no guest has it open";
  return facts;
}

class VolumeFile : public NbdVolume {
 public:
  VolumeFile(const std::filesystem::path& path, const std::string& format)
      : NbdVolume("volume " + path.string(), facts_of_file()) {
    try {
      client().start({"qemu-nbd", "--read-only", "--format=" + format, "--", path.string()});
    } catch (const base::Error& error) {
      throw base::Error(error.kind(), error.what(), tools_hint);
    }
    look();
  }
};

// qemu-nbd says on our stderr what is wrong with a file; qemu-img says it where it can be caught.
void check_file(const std::filesystem::path& path, const std::string& format) {
  if (!std::filesystem::exists(path)) {
    throw base::Error(base::ErrorKind::not_found, "no volume " + path.string());
  }
  const auto told = base::run_process({"qemu-img", "info", "-f", format, "--", path.string()});
  if (told.exit_code == 0) return;
  throw base::Error(base::ErrorKind::failed, "cannot open volume " + path.string() + ": " + told.err,
                    "it must be whole, and no running instance's");
}

}  // namespace

std::unique_ptr<VolumeReading> read_volume_file(const std::filesystem::path& path) {
  const auto file = std::filesystem::absolute(path);  // never taken for a protocol, "nbd:…"
  const std::string format = file.extension() == ".qcow2" ? "qcow2" : "raw";
  check_file(file, format);
  return std::make_unique<VolumeFile>(file, format);
}

}  // namespace deskloom::fleet
