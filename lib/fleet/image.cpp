#include "fleet/image.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/json.hpp"
#include "base/path.hpp"
#include "base/text.hpp"

namespace deskloom::fleet {
namespace {

constexpr std::uint64_t manifest_limit_bytes = 64 << 10;
constexpr std::uint64_t max_port = 65535;
constexpr const char* manifest_name = "image.json";

[[noreturn]] void refuse(const std::filesystem::path& manifest, const std::string& complaint) {
  throw base::Error(base::ErrorKind::usage, manifest.string() + ": " + complaint,
                    "make the image again with scripts/build-guest, or correct the manifest");
}

base::Json read_manifest(const std::filesystem::path& file) {
  try {
    return base::parse_json(base::read_file(file, manifest_limit_bytes), file.string());
  } catch (const base::Error& error) {
    refuse(file, error.what());
  }
}

// Members of one manifest, each checked as it is taken; what is left over at the end is unknown.
class Manifest {
 public:
  Manifest(std::filesystem::path file, base::Json json, const std::string& what)
      : file_(std::move(file)), json_(std::move(json)) {
    if (!json_.is_object()) refuse(file_, what + " is not an object");
  }

  std::uint64_t number(const char* key, std::uint64_t limit) {
    const base::Json value = take(key);
    if (value.is_null()) return 0;
    if (!value.is_number_unsigned() || value > limit) {
      refuse(file_, std::string(key) + " is not a number from 0 to " + std::to_string(limit));
    }
    return value.get<std::uint64_t>();
  }

  std::string text(const char* key) {
    const base::Json value = take(key);
    if (value.is_null()) return {};
    if (!value.is_string()) refuse(file_, std::string(key) + " is not a string");
    auto result = value.get<std::string>();
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
    if (std::any_of(result.begin(), result.end(), is_control)) {
      refuse(file_, std::string(key) + " holds a control character");
    }
    return result;
  }

  std::vector<std::string> texts(const char* key) {
    const base::Json values = take(key);
    if (values.is_null()) return {};
    const bool all_text = values.is_array() && std::all_of(values.begin(), values.end(),
                                                           [](const auto& item) { return item.is_string(); });
    if (!all_text) refuse(file_, std::string(key) + " is not an array of strings");
    return values.get<std::vector<std::string>>();
  }

  std::optional<Manifest> object(const char* key) {
    base::Json value = take(key);
    return value.is_null() ? std::nullopt : std::optional(Manifest(file_, std::move(value), key));
  }

  // One of a few words; the first when the key is not there.
  std::string word(const char* key, const std::vector<std::string>& words) {
    std::string value = text(key);
    if (value.empty()) return words.front();
    if (std::ranges::find(words, value) == words.end())
      refuse(file_, std::string(key) + " is not one of " + base::join(words, ", "));
    return value;
  }

  // A regular file in the manifest's directory; empty when the key is not there.
  std::filesystem::path file(const char* key) {
    const std::string name = text(key);
    if (name.empty()) return {};
    if (!base::is_safe_relative_path(name)) refuse(file_, std::string(key) + " leaves the image's directory");
    const auto directory = std::filesystem::canonical(file_.parent_path());
    std::error_code error;
    const auto path = std::filesystem::canonical(directory / name, error);
    if (error || !std::filesystem::is_regular_file(path))
      refuse(file_, std::string(key) + ": no file " + name);
    const auto inside = std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
    if (inside.first != directory.end()) refuse(file_, std::string(key) + " leaves the image's directory");
    return path;
  }

  void end() const {
    if (!json_.empty()) refuse(file_, "unknown key \"" + base::printable(json_.begin().key()) + "\"");
  }

 private:
  base::Json take(const char* key) {
    const auto found = json_.find(key);
    if (found == json_.end()) return nullptr;
    base::Json value = *found;
    json_.erase(found);
    return value;
  }

  std::filesystem::path file_;
  base::Json json_;
};

std::optional<ContainerDisplay> take_display(std::optional<Manifest> manifest,
                                             const std::filesystem::path& file) {
  if (!manifest) return std::nullopt;
  ContainerDisplay display{manifest->word("protocol", {"vnc", "spice"}),
                           static_cast<int>(manifest->number("port", max_port))};
  manifest->end();
  if (display.port == 0) refuse(file, "display has no port");
  return display;
}

std::optional<ContainerImage> take_container(Manifest& manifest, const std::filesystem::path& file) {
  ContainerImage container{manifest.text("container"), manifest.texts("command"),
                           manifest.word("network", {"pod", "host"}) == "host",
                           take_display(manifest.object("display"), file)};
  if (!container.reference.empty()) return container;
  if (!container.command.empty() || container.host_network || container.display)
    refuse(file, "command, network and display are of a container, and none is named");
  return std::nullopt;
}

void check_boot(const Image& image, const std::filesystem::path& file) {
  const bool has_files =
      !image.kernel.empty() || !image.disk.empty() || !image.persona_volume.empty() || !image.cmdline.empty();
  if (image.container && has_files)
    refuse(file, "a container has neither kernel nor disks: name a container, or what a machine boots from");
  if (image.kernel.empty() != image.initrd.empty()) refuse(file, "kernel and initrd go together");
  if (!image.container && image.kernel.empty() && image.disk.empty())
    refuse(file, "neither a kernel nor a disk to boot from, nor a container");
}

[[noreturn]] void throw_no_image(const std::filesystem::path& image_dir, const std::string& name) {
  const auto images = list_images(image_dir);
  const std::string there = images.empty() ? "there are none" : "there are: " + base::join(images, ", ");
  throw base::Error(base::ErrorKind::not_found,
                    "no image \"" + base::printable(name) + "\" in " + image_dir.string() + "; " + there,
                    "make one with scripts/build-guest");
}

}  // namespace

std::vector<std::string> list_images(const std::filesystem::path& image_dir) {
  std::vector<std::string> names;
  std::error_code ignored;  // no directory: no images
  for (const auto& entry : std::filesystem::directory_iterator(image_dir, ignored)) {
    if (std::filesystem::is_regular_file(entry.path() / manifest_name, ignored)) {
      names.push_back(entry.path().filename());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Image load_image(const std::filesystem::path& image_dir, const std::string& name) {
  const auto file = image_dir / name / manifest_name;
  if (!base::is_valid_name(name) || !std::filesystem::exists(file)) throw_no_image(image_dir, name);
  Manifest manifest(file, read_manifest(file), "the root");
  if (const auto version = manifest.number("version", UINT32_MAX); version != 1) {
    refuse(file, "version " + std::to_string(version) + " is not 1, the only one that this program reads");
  }
  Image image;
  image.name = name;
  image.kernel = manifest.file("kernel");
  image.initrd = manifest.file("initrd");
  image.cmdline = manifest.text("cmdline");
  image.disk = manifest.file("disk");
  image.persona_volume = manifest.file("persona_volume");
  image.minimum_memory_bytes = manifest.number("minimum_memory_mib", 1 << 24) << 20;
  image.container = take_container(manifest, file);
  manifest.end();
  check_boot(image, file);
  return image;
}

}  // namespace deskloom::fleet
