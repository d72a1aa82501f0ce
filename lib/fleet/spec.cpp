#include "fleet/spec.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::fleet {
namespace {

void require(bool condition, const std::string& name, const std::string& complaint, const std::string& hint) {
  if (condition) return;
  throw base::Error(base::ErrorKind::usage, "instance " + base::printable(name) + ": " + complaint, hint);
}

}  // namespace

void check_instance_directory(const std::string& name, const std::filesystem::path& directory) {
  require(base::is_valid_name(name), name, "not a valid name",
          "use letters, digits, '-', '_' and '.', at most 63");
  require(directory.is_absolute() && directory.lexically_normal() == directory, name,
          "directory \"" + directory.string() + "\" is not an absolute, normal path",
          "set instance_dir to one");
  require(directory.filename() == name, name,
          "directory \"" + directory.string() + "\" is not named after the instance",
          "use a directory of its own for each instance: INSTANCE_DIR/" + name);
}

void check_allocation(const InstanceSpec& spec) {
  check_instance_directory(spec.name, spec.directory);
  const Image& image = spec.image;
  require(spec.allocation.vcpus > 0, spec.name, "no processor allocated", "ask for at least one");
  require(
      spec.allocation.memory_bytes >= (1 << 20) && spec.allocation.memory_bytes >= image.minimum_memory_bytes,
      spec.name,
      base::human_size(spec.allocation.memory_bytes) + " of memory is less than the " +
          base::human_size(image.minimum_memory_bytes) + " that image " + image.name + " needs",
      "raise the allocation");
}

void check_spec(const InstanceSpec& spec) {
  check_allocation(spec);
  const Image& image = spec.image;
  require(!image.container, spec.name, "image " + image.name + " is of a container, and this host runs none",
          "use a host with engine = \"podman\" or \"kubernetes\", or another image");
  require(image.kernel.empty() == image.initrd.empty(), spec.name,
          "image " + image.name + " has only one of kernel and initrd", "give both, or neither and a disk");
  require(!image.kernel.empty() || !image.disk.empty(), spec.name,
          "image " + image.name + " has nothing to boot from", "give it a kernel and initrd, or a disk");
  require(spec.accelerator == "kvm" || spec.accelerator == "tcg", spec.name,
          "unknown accelerator \"" + base::printable(spec.accelerator) + "\"", "use kvm or tcg");
}

}  // namespace deskloom::fleet
