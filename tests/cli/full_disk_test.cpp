#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::add_instance;
using State = domain::InstanceState;

namespace {

// A file system of that size, which can be filled.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& size) {
    if (::mount("tmpfs", path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) != 0)
      throw base::system_error("cannot mount a tmpfs on " + path().string());
  }
  ~SmallDisk() { ::umount2(path().c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::filesystem::path& path() const { return dir_.path(); }
  void grow(const std::string& size) const {
    if (::mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str()) != 0)
      throw base::system_error("cannot grow " + path().string());
  }
  void fill() const {
    std::ofstream file(path() / "filler", std::ios::binary);
    const std::string page(4096, 'x');
    while (file.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
  }
  void free() const { std::filesystem::remove(path() / "filler"); }

  test::Outcome run(std::vector<std::string> args) const {
    args.insert(args.end(), {"--json", "--state-dir", path() / "state"});
    return test::run_deskloom(args);
  }

 private:
  test::TempDir dir_;
};

bool may_mount() {
  if (::geteuid() == 0) return true;
  WARN("skipped: only root can mount a small disk to fill");
  return false;
}

}  // namespace

TEST_CASE("init on a full disk says so, leaves no half store, and works once there is room") {
  if (!may_mount()) return;
  const SmallDisk disk("64k");
  const auto said = disk.run({"init"});
  CHECK(said.code == 15);
  CHECK(said.json["error"]["name"] == "no-space");
  CHECK_FALSE(std::filesystem::exists(disk.path() / "state" / "state.sqlite"));
  disk.grow("4m");
  CHECK(disk.run({"init"}).code == 0);
  CHECK(disk.run({"state", "check"}).code == 0);
}

TEST_CASE("a login hook on a full disk loses nothing, and works once there is room") {
  if (!may_mount()) return;
  const SmallDisk disk("2m");
  REQUIRE(disk.run({"init"}).code == 0);
  const auto file = disk.path() / "state" / "state.sqlite";
  add_instance(state::Store(file, state::Store::Access::write), "default-1", State::persona_applied_available,
               "alice");
  disk.fill();
  CHECK(disk.run({"session", "connect", "alice"}).code == 15);

  disk.free();
  const auto listed = disk.run({"session", "list"});
  CHECK(listed.code == 0);
  CHECK(listed.json["sessions"][0]["state"] == "persona-applied-available");
  CHECK(disk.run({"state", "check"}).code == 0);
  CHECK(disk.run({"session", "connect", "alice"}).json["state"] == "connected");
}
