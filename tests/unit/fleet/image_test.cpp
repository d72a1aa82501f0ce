#include "fleet/image.hpp"

#include "base/fd.hpp"
#include "support/temp_dir.hpp"
#include "throws.hpp"

using namespace deskloom;
using test::contains;
using test::error_of;

namespace {

// An image directory with one image, "desk", whose files are there and whose manifest is given.
class Images {
 public:
  explicit Images(const std::string& manifest) {
    base::make_private_directories(directory_ / "desk");
    for (const char* file : {"vmlinuz", "initrd", "root.qcow2", "persona.qcow2"}) write(file, "content");
    write("image.json", manifest);
    base::write_file_durably(directory_ / "secret", "not an image's");
  }
  const std::filesystem::path& path() const { return directory_.path(); }
  std::filesystem::path file(const std::string& name) const { return path() / "desk" / name; }
  fleet::Image load() const { return fleet::load_image(path(), "desk"); }

 private:
  void write(const std::string& name, const std::string& text) { base::write_file_durably(file(name), text); }
  test::TempDir directory_;
};

}  // namespace

TEST_CASE("an image manifest names files in its directory") {
  const Images images(R"({"version": 1, "kernel": "vmlinuz", "initrd": "initrd", "cmdline": "quiet",
                          "disk": "root.qcow2", "persona_volume": "persona.qcow2", "minimum_memory_mib": 128})");
  const auto image = images.load();
  CHECK(image.name == "desk");
  CHECK(image.kernel == std::filesystem::canonical(images.file("vmlinuz")));
  CHECK(image.initrd == std::filesystem::canonical(images.file("initrd")));
  CHECK(image.cmdline == "quiet");
  CHECK(image.disk == std::filesystem::canonical(images.file("root.qcow2")));
  CHECK(image.persona_volume == std::filesystem::canonical(images.file("persona.qcow2")));
  CHECK(image.minimum_memory_bytes == 128 << 20);
}

TEST_CASE("a disk alone is an image") {
  const auto image = Images(R"({"version": 1, "disk": "root.qcow2"})").load();
  CHECK(image.kernel.empty());
  CHECK(image.minimum_memory_bytes == 0);
}

TEST_CASE("G3: an image may be a container's") {
  const auto image =
      Images(
          R"({"version": 1, "container": "localhost/desk:1", "command": ["/sbin/desk", "-x"], "network": "host",
              "display": {"protocol": "vnc", "port": 5900}, "minimum_memory_mib": 64})")
          .load();
  REQUIRE(image.container);
  CHECK(image.container->reference == "localhost/desk:1");
  CHECK(image.container->command == std::vector<std::string>{"/sbin/desk", "-x"});
  CHECK(image.container->host_network);
  CHECK(image.container->display->protocol == "vnc");
  CHECK(image.container->display->port == 5900);
  CHECK(image.minimum_memory_bytes == 64 << 20);
  CHECK_FALSE(Images(R"({"version": 1, "container": "desk"})").load().container->host_network);
}

TEST_CASE("bad image manifests are refused with the reason") {
  const std::pair<const char*, const char*> cases[] = {
      {"not json", "image.json"},
      {"[]", "not an object"},
      {R"({"disk": "root.qcow2"})", "version 0"},
      {R"({"version": 2, "disk": "root.qcow2"})", "version 2"},
      {R"({"version": "1", "disk": "root.qcow2"})", "version is not a number"},
      {R"({"version": 1})", "neither a kernel nor a disk"},
      {R"({"version": 1, "kernel": "vmlinuz"})", "go together"},
      {R"({"version": 1, "disk": "../secret"})", "leaves the image's directory"},
      {R"({"version": 1, "disk": "/etc/passwd"})", "leaves the image's directory"},
      {R"({"version": 1, "disk": "no-such"})", "no file no-such"},
      {R"({"version": 1, "disk": "."})", "leaves the image's directory"},
      {R"({"version": 1, "disk": 7})", "disk is not a string"},
      {R"({"version": 1, "disk": "root.qcow2", "cmdline": "a\nb"})", "control character"},
      {R"({"version": 1, "disk": "root.qcow2", "minimum_memory_mib": -1})", "minimum_memory_mib"},
      {R"({"version": 1, "disk": "root.qcow2", "minimum_memory_mib": 1e30})", "minimum_memory_mib"},
      {R"({"version": 1, "container": "a", "disk": "root.qcow2"})", "neither kernel nor disks"},
      {R"({"version": 1, "container": "a", "cmdline": "quiet"})", "neither kernel nor disks"},
      {R"({"version": 1, "disk": "root.qcow2", "command": ["a"]})", "none is named"},
      {R"({"version": 1, "disk": "root.qcow2", "network": "host"})", "none is named"},
      {R"({"version": 1, "container": 7})", "container is not a string"},
      {R"({"version": 1, "container": "a", "command": "b"})", "command is not an array of strings"},
      {R"({"version": 1, "container": "a", "command": [1]})", "command is not an array of strings"},
      {R"({"version": 1, "container": "a", "network": "bridge"})", "network is not one of pod, host"},
      {R"({"version": 1, "container": "a", "display": "vnc"})", "display is not an object"},
      {R"({"version": 1, "container": "a", "display": {"protocol": "rdp"}})", "protocol is not one of"},
      {R"({"version": 1, "container": "a", "display": {"port": 70000}})", "port is not a number"},
      {R"({"version": 1, "container": "a", "display": {"protocol": "vnc"}})", "display has no port"},
      {R"({"version": 1, "container": "a", "display": {"port": 5900, "x": 1}})", "unknown key \"x\""},
      {R"({"version": 1, "disk": "root.qcow2", "dsk": "x"})", "unknown key \"dsk\""},
  };
  for (const auto& [manifest, complaint] : cases) {
    CAPTURE(manifest);
    const Images images(manifest);
    const auto error = error_of([&] { images.load(); });
    CHECK(error.kind() == base::ErrorKind::usage);
    CHECK(contains(error.what(), complaint));
  }
}

TEST_CASE("a link out of the image's directory is refused") {
  const Images images(R"({"version": 1, "disk": "link"})");
  std::filesystem::create_symlink(images.path() / "secret", images.file("link"));
  CHECK(contains(error_of([&] { images.load(); }).what(), "leaves the image's directory"));
}

TEST_CASE("an image that is not there is told with those that are") {
  const Images images(R"({"version": 1, "disk": "root.qcow2"})");
  CHECK(fleet::list_images(images.path()) == std::vector<std::string>{"desk"});
  CHECK(fleet::list_images(images.path() / "nowhere").empty());
  for (const char* name : {"dsk", "../desk", "", "desk/"}) {
    CAPTURE(name);
    const auto error = error_of([&] { fleet::load_image(images.path(), name); });
    CHECK(error.kind() == base::ErrorKind::not_found);
    CHECK(contains(error.what(), "there are: desk"));
    CHECK(contains(error.hint(), "scripts/build-guest"));
  }
}
