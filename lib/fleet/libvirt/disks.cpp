#include "fleet/libvirt/disks.hpp"

#include <libvirt/virterror.h>

#include <vector>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "fleet/libvirt/domain_xml.hpp"
#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

// Written under another name first: a file with the right name is whole.
void create_local_overlay(const Overlay& overlay) {
  if (std::filesystem::exists(overlay.file)) return;
  const auto unfinished = overlay.file.string() + ".new";
  const auto made = base::run_process({"qemu-img", "create", "-q", "-f", "qcow2", "-F",
                                       overlay.backing_format, "-b", overlay.backing, unfinished});
  if (made.exit_code != 0) {
    throw base::Error(base::ErrorKind::failed, "cannot make " + overlay.file.string() + ": " + made.err);
  }
  std::filesystem::rename(unfinished, overlay.file);
}

class Pool {
 public:
  Pool(const Connection& connection, const std::string& instance, const std::filesystem::path& directory)
      : what_("host " + connection.host() + ": directory " + directory.string()) {
    const std::string name = "deskloom-" + instance;
    pool_.reset(virStoragePoolDefineXML(connection.get(), pool_xml(name, directory).c_str(), 0));
    require(pool_ != nullptr, "define a pool for");
    require(virStoragePoolIsActive(pool_.get()) == 1 ||
                virStoragePoolCreate(pool_.get(), VIR_STORAGE_POOL_CREATE_WITH_BUILD) == 0,
            "open");
    require(virStoragePoolRefresh(pool_.get(), 0) == 0, "list");
  }
  ~Pool() {
    virStoragePoolDestroy(pool_.get());
    virStoragePoolUndefine(pool_.get());
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void create(const Overlay& overlay) {
    const VolumeHandle there(virStorageVolLookupByName(pool_.get(), overlay.file.filename().c_str()));
    if (there) return;
    const VolumeHandle made(virStorageVolCreateXML(pool_.get(), volume_xml(overlay).c_str(), 0));
    require(made != nullptr, "make an overlay in");
  }

  // Also what is no overlay: to a directory pool every file is a volume.
  void remove_everything() {
    virStorageVolPtr* volumes = nullptr;
    const int count = virStoragePoolListAllVolumes(pool_.get(), &volumes, 0);
    require(count >= 0, "list");
    std::vector<VolumeHandle> handles(volumes, volumes + count);
    std::free(volumes);
    for (const auto& volume : handles) require(virStorageVolDelete(volume.get(), 0) == 0, "empty");
    require(virStoragePoolDestroy(pool_.get()) == 0, "close");
    require(virStoragePoolDelete(pool_.get(), VIR_STORAGE_POOL_DELETE_NORMAL) == 0, "remove");
  }

 private:
  void require(bool done, const char* action) const {
    if (!done) throw last_libvirt_error("cannot " + std::string(action) + " " + what_);
  }

  std::string what_;
  PoolHandle pool_;
};

}  // namespace

void create_overlays(const Connection& connection, const InstanceSpec& spec) {
  if (connection.embedded()) {
    base::make_private_directories(spec.directory);
    for (const auto& overlay : overlays_of(spec)) create_local_overlay(overlay);
    return;
  }
  Pool pool(connection, spec.name, spec.directory);
  for (const auto& overlay : overlays_of(spec)) pool.create(overlay);
}

void remove_instance_files(const Connection& connection, const std::string& name,
                           const std::filesystem::path& directory) {
  if (connection.embedded()) {
    std::filesystem::remove_all(directory);
    return;
  }
  Pool(connection, name, directory).remove_everything();
}

}  // namespace deskloom::fleet
