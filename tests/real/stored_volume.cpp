#include "real/stored_volume.hpp"

#include <fstream>
#include <stdexcept>

#include "base/process.hpp"
#include "present/nbd.hpp"

namespace deskloom::test {
namespace {

std::string must(const std::vector<std::string>& argv) {
  const auto ended = base::run_process(argv);
  if (ended.exit_code != 0) throw std::runtime_error(argv.front() + " failed: " + ended.err);
  return ended.out;
}

}  // namespace

StoredVolume::StoredVolume(std::uint64_t size_bytes, const std::vector<std::size_t>& file_sizes)
    : size_bytes_(size_bytes) {
  const auto files = dir_ / "files", image = dir_ / "image";
  std::filesystem::create_directories(files);
  for (std::size_t i = 0; i < file_sizes.size(); ++i)
    must({"sh", "-c",
          "head -c " + std::to_string(file_sizes[i]) + " /dev/urandom >" +
              (files / std::to_string(i)).string()});
  sums_ = must({"sh", "-c", "cd " + files.string() + " && sha256sum *"});
  std::ofstream(image).close();
  std::filesystem::resize_file(image, size_bytes);
  must({"/sbin/mke2fs", "-q", "-t", "ext4", "-L", "persona", "-d", files, image});
  snapshot::Store::init(store_);
  base::NoProgress progress;
  const auto store = snapshot::Store::open(store_);
  const auto writer = store->begin(progress);
  writer->put_image("volume", *snapshot::local_image(image), nullptr);
  snapshot_ = writer->commit(base::Json::object(), base::Timestamp{}).id;
  std::filesystem::remove_all(files);
  std::filesystem::remove(image);
}

fleet::ServedVolume StoredVolume::served(const std::filesystem::path& instance_directory) const {
  return {"persona", instance_directory, size_bytes_, present::nbd_server({store_, {}, snapshot_, "volume"})};
}

}  // namespace deskloom::test
