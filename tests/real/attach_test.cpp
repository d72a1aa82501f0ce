// SPEC A8 as an administrator meets it, on real guests, in order: each case goes on where the one before
// ended.
#include <signal.h>

#include <fstream>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "real/fleet_guest.hpp"
#include "real/playground.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::Playground;

namespace {

namespace fs = std::filesystem;

// The tiny image, and one like it without a persona volume, for volumes to be attached to.
void make_images(const Playground& playground) {
  const fs::path given = std::getenv("DESKLOOM_TEST_IMAGES");
  const fs::path images = playground.dir() / "images";
  fs::create_directories(images);
  for (const char* name : {"tiny", "bare"})
    fs::copy(given / "tiny", images / name, fs::copy_options::recursive);
  const auto manifest = images / "bare" / "image.json";
  auto bare = base::parse_json(base::read_file(manifest, 1 << 20), manifest.string());
  bare.erase("persona_volume");
  std::ofstream(manifest) << bare.dump();
  playground.set_policy("image_dir = \"" + given.string() + "\"", "image_dir = \"" + images.string() + "\"");
}

Playground& playground() {
  static Playground made("tiny",
                         "memory = \"192MiB\"\n[pool.instant]\nimage = \"bare\"\nfloor = 1\n"
                         "memory = \"192MiB\"\ninstant_attach = true\n"
                         "mount_volume = [\"/usr/sbin/mount-persona\"]\ncopy_rate = \"1MiB\"\n");
  static const bool has_images = (make_images(made), true);
  static_cast<void>(has_images);
  return made;
}

std::string& desk() {
  static std::string instance;
  return instance;
}

std::string& captured() {
  static std::string snapshot;
  return snapshot;
}

const std::string hash_all = "cd Documents && sha256sum *";

std::string& hashes() {
  static std::string text;
  return text;
}

std::string capture_volume() {
  return playground().must({"persona", "capture", "alice", "--volume"}).at("captures").at(0).at("snapshot");
}

fs::path socket() { return playground().dir() / "instances" / desk() / "persona.nbd"; }

std::vector<pid_t> servers() {
  auto found = test::processes_with(socket().string());
  std::erase_if(found, [](pid_t pid) {
    std::error_code gone;
    return fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", gone).filename() != "nbdkit";
  });
  return found;
}

base::Json shown() { return playground().must({"instance", "show", desk()}); }

}  // namespace

TEST_CASE("A3: a persona volume is captured, twice, and its instance is gone") {
  desk() = playground().must({"session", "assign", "alice", "--pool", "default"}).at("instance");
  playground().must({"session", "connect", "alice"});
  playground().in_guest(desk(), "alice",
                        "mkdir -p Documents && head -c 40000000 /dev/urandom >Documents/film && sync && "
                        "(setsid notes $HOME/Documents/film >/dev/null 2>&1 &) && sleep 1");
  capture_volume();
  playground().in_guest(desk(), "alice", "head -c 3000000 /dev/urandom >Documents/photo && sync && sleep 4");
  hashes() = playground().in_guest(desk(), "alice", hash_all);
  captured() = capture_volume();
  playground().must({"instance", "destroy", desk(), "--force"});
}

TEST_CASE("A8: her next desktop has her volume at once, read from the store") {
  playground().must({"pool", "apply", "instant"});
  const auto assigned = playground().must({"session", "assign", "alice", "--pool", "instant"});
  desk() = assigned.at("instance");
  WARN("assigned within " << assigned.at("elapsed_ms") << " ms");
  CHECK(assigned.at("volume") == captured());
  CHECK(servers().size() == 1);
  CHECK(shown().at("volume_snapshot") == captured());
  CHECK(shown().at("volume_local_at").is_null());
  // What was open when she left was read ahead, so that it is there without the server.
  playground().in_guest(desk(), "alice", "while pidof head >/dev/null; do sleep 0.2; done");
  const auto stopped = servers();
  for (const pid_t pid : stopped) ::kill(pid, SIGSTOP);
  const auto film = playground().in_guest(desk(), "alice", "cd Documents && sha256sum film");
  for (const pid_t pid : stopped) ::kill(pid, SIGCONT);
  CHECK_THAT(hashes(), test::Contains(film));
  CHECK(playground().in_guest(desk(), "alice", hash_all) == hashes());
}

TEST_CASE("A8: the snapshot that is read cannot be removed") {
  playground().must({"session", "connect", "alice"});
  playground().must({"persona", "capture", "alice"});  // no longer her newest
  const auto removed = playground().run({"snapshot", "remove", captured()});
  CHECK(removed.code == 11);
  CHECK_THAT(removed.err, test::Contains("the volume of instance " + desk()));
}

TEST_CASE("A8: localise starts a server that was killed, and her desktop reads on") {
  for (const pid_t pid : servers()) ::kill(pid, SIGKILL);
  const auto volume = playground().must({"persona", "localise", "alice"}).at("volumes").at(0);
  CHECK(volume.at("state") == "copying");
  CHECK(servers().size() == 1);
  // And once more, in the middle of the copy.
  for (const pid_t pid : servers()) ::kill(pid, SIGKILL);
  CHECK(playground().must({"persona", "localise", "alice"}).at("volumes").at(0).at("state") == "copying");
  CHECK(playground().in_guest(desk(), "alice", hash_all) == hashes());
}

TEST_CASE("A8: a capture while the copy runs has all of the volume") {
  playground().in_guest(desk(), "alice", "head -c 2000000 /dev/urandom >Documents/new && sync");
  hashes() = playground().in_guest(desk(), "alice", hash_all);
  const auto sum = playground().in_guest(desk(), "alice", "sha256sum <Documents/film");
  captured() = capture_volume();
  const std::string volume = playground().dir() / "volume.img";
  playground().must({"snapshot", "restore", captured(), "--layer", "volume", "--to", volume});
  const auto read = base::run_process(
      {"sh", "-c", "debugfs -R 'cat /alice/Documents/film' \"$1\" 2>/dev/null | sha256sum", "sh", volume});
  CHECK(read.out == sum);
  CHECK(playground().must({"persona", "localise"}).at("volumes").at(0).at("state") == "copying");
}

TEST_CASE("A8: once the copy is done the server is gone, and her desktop reads on") {
  playground().set_policy("copy_rate = \"1MiB\"", "copy_rate = \"0B\"");
  CHECK(playground().must({"persona", "localise", "--wait"}).at("volumes").at(0).at("state") == "local");
  CHECK(servers().empty());
  CHECK_FALSE(shown().at("volume_local_at").is_null());
  CHECK(playground().must({"persona", "localise"}).at("volumes").empty());
  CHECK(playground().in_guest(desk(), "alice", hash_all) == hashes());
}

TEST_CASE("A8, C1: what she wrote to her volume is captured when she leaves") {
  playground().in_guest(desk(), "alice", "echo later >>Documents/new && sync");
  hashes() = playground().in_guest(desk(), "alice", hash_all);
  captured() = playground().must({"session", "disconnect", "alice"}).at("snapshot");
  CHECK(playground().must({"snapshot", "show", captured()}).dump().find("\"volume\"") != std::string::npos);
}

TEST_CASE("A8: an assignment that is killed on the way is taken up again") {
  for (const int after_ms : {300, 600, 900}) {
    CAPTURE(after_ms);
    playground().must({"instance", "destroy", desk(), "--force"});
    playground().must({"pool", "apply", "instant"});
    playground().run_and_kill({"session", "assign", "alice", "--pool", "instant"}, after_ms);
    desk() = playground().must({"session", "assign", "alice", "--pool", "instant"}).at("instance");
    CHECK(playground().in_guest(desk(), "alice", hash_all) == hashes());
    CHECK(servers().size() == 1);
  }
}

TEST_CASE("A8: an instance that is destroyed leaves no server") {
  const auto was = servers();
  playground().must({"instance", "destroy", desk(), "--force"});
  CHECK(was.size() == 1);
  CHECK(servers().empty());
}
