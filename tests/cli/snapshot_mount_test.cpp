#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "base/fd.hpp"
#include "captures.hpp"
#include "mounted.hpp"
#include "support/catch.hpp"
#include "support/odd_tree.hpp"
#include "unit/snapshot/hostile_trees.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::Deployment;
using test::is_mounted;
using test::Mounted;
using test::MountPoint;

namespace {

namespace fs = std::filesystem;

std::string create(const Deployment& deployment, const fs::path& home, const std::string& user = "alice") {
  const auto said = deployment.json({"snapshot", "create", "--user", user, "--tree", home});
  REQUIRE(said.code == 0);
  return said.json["snapshot"];
}

// What open(2) says to somebody else: 0, or errno.
int open_as(uid_t user, const fs::path& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(user) != 0 || ::setuid(user) != 0) ::_exit(255);
    ::_exit(::open(path.c_str(), O_RDONLY) >= 0 ? 0 : errno);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

ino_t inode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_ino;
}

}  // namespace

TEST_CASE("a mounted snapshot shows the tree that was captured, and lets nobody write") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  test::make_odd_tree(home);
  Mounted mounted(deployment, create(deployment, home));
  CHECK(test::describe_tree(mounted.path()) == test::describe_tree(home));
  CHECK(test::has_holes(mounted.path() / "sparse"));
  CHECK(inode_of(mounted.path() / "plain") == inode_of(mounted.path() / "d/hard"));
  CHECK(::open((mounted.path() / "new").c_str(), O_WRONLY | O_CREAT, 0600) < 0);
  CHECK(errno == EROFS);
  CHECK_FALSE(fs::exists(mounted.path() / "no such"));
  const auto copy = deployment.directory() / "copy";
  REQUIRE(base::run_process({"cp", "-a", mounted.path().string(), copy.string()}).exit_code == 0);
  CHECK(test::describe_tree(copy) == test::describe_tree(home));
  CHECK(test::has_holes(copy / "sparse"));
  CHECK(mounted.unmount() == 0);
  CHECK(mounted.wait() == 0);
  CHECK_FALSE(is_mounted(mounted.path()));
}

TEST_CASE("a mounted file is read anywhere, by several at once") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  const std::string content = test::noise(3'000'000) + std::string(1'000'000, '\0') + test::noise(500'000, 2);
  test::write_file(home / "large", content);
  Mounted mounted(deployment, create(deployment, home));
  const auto read_around = [&](unsigned seed, int& wrong) {
    std::minstd_rand random(seed);
    const auto fd = base::open_file(mounted.path() / "large", O_RDONLY);
    std::string got(200'000, '\0');
    for (int i = 0; i < 60; ++i) {
      const std::size_t offset = random() % content.size();
      const std::size_t size = random() % got.size();
      const auto n = base::pread_full(fd.get(), got.data(), size, offset, "large");
      if (content.compare(offset, size, got, 0, n) != 0) ++wrong;
    }
  };
  std::vector<int> wrong(4);
  std::vector<std::thread> readers;
  for (unsigned i = 0; i < wrong.size(); ++i) readers.emplace_back(read_around, i + 1, std::ref(wrong[i]));
  for (auto& reader : readers) reader.join();
  CHECK(wrong == std::vector<int>(4));
  CHECK(mounted.end(SIGINT) == 0);
  CHECK_FALSE(is_mounted(mounted.path()));
}

TEST_CASE("a damaged chunk costs its file alone, and the pack is named") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  test::write_file(home / "good", "good");
  const auto first = create(deployment, home);
  test::write_file(home / "bad", test::noise(200'000));
  const auto id = create(deployment, home);
  for (const auto& pack : fs::directory_iterator(deployment.snapshot_store() / "packs"))
    if (pack.file_size() > 150'000) test::flip_byte(pack.path(), pack.file_size() / 2);
  Mounted mounted(deployment, id);
  CHECK(test::read_text(mounted.path() / "good") == "good");
  const auto fd = base::open_file(mounted.path() / "bad", O_RDONLY);
  std::string all(200'000, '\0');
  CHECK(test::error_kind([&] { base::read_full(fd.get(), all.data(), all.size(), "bad"); }) ==
        base::ErrorKind::failed);
  CHECK_THAT(mounted.errors(), test::Contains("'bad': ") && test::Contains(".pack: chunk "));
}

TEST_CASE("all snapshots are shown by user and date") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  test::write_file(home / "notes.txt", "one");
  const auto first = create(deployment, home);
  test::write_file(home / "notes.txt", "one two");
  const auto second = create(deployment, home);
  create(deployment, home, "bob");
  const Mounted mounted(deployment, "all");
  std::map<std::string, std::string> seen;  // the start of the id, the text
  for (const auto& date : fs::directory_iterator(mounted.path() / "alice")) {
    const auto name = date.path().filename().string();
    seen[name.substr(name.rfind('-') + 1)] = test::read_text(date.path() / "notes.txt");
  }
  CHECK(seen ==
        std::map<std::string, std::string>{{first.substr(0, 8), "one"}, {second.substr(0, 8), "one two"}});
  CHECK(fs::exists(mounted.path() / "bob"));
}

TEST_CASE("inode numbers are the same at the next mount") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  for (int i = 0; i < 1'000; ++i) test::write_file(home / std::to_string(i % 10) / std::to_string(i), "x");
  const auto id = create(deployment, home);
  std::vector<ino_t> inodes;
  for (int round = 0; round < 2; ++round) {
    const Mounted mounted(deployment, id);
    CHECK(fs::exists(mounted.path() / "7/777"));
    inodes.push_back(inode_of(mounted.path() / "3/333"));
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(mounted.path()))
      files += entry.is_regular_file();
    CHECK(files == 1'000);
  }
  CHECK(inodes[0] == inodes[1]);
}

TEST_CASE("a directory that cannot be mounted on is refused before anything is mounted") {
  const Deployment deployment;
  test::FakeTree tree;
  tree.file("a", "a");
  put_capture(deployment, test::profile_of("alice"), tree);
  const auto file = deployment.directory() / "file";
  test::write_file(file, "x");
  CHECK(deployment.json({"snapshot", "mount", "latest", file}).code == 2);
  const auto full = deployment.json({"snapshot", "mount", "latest", deployment.directory()});
  CHECK(full.code == 2);
  CHECK_THAT(full.json["error"]["message"].get<std::string>(), test::Contains("not empty"));
}

TEST_CASE("a user takes one file back with cp") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  test::make_odd_tree(home);
  const auto before = test::read_text(home / "d/e/deep");
  const Mounted mounted(deployment, create(deployment, home));
  test::write_file(home / "d/e/deep", "spoilt");
  CHECK(base::run_process({"cp", "-a", mounted.path() / "d/e/deep", home / "d/e/deep"}).exit_code == 0);
  CHECK((test::read_text(home / "d/e/deep") == before));
}

TEST_CASE("other users see a mount only when they are let in, and then what modes let them") {
  if (!MountPoint::possible() || ::geteuid() != 0) return;
  const Deployment deployment;
  fs::permissions(deployment.directory(), fs::perms{0755});
  const auto home = deployment.directory() / "home";
  test::write_file(home / "open", "to all");
  test::write_file(home / "closed", "to others");
  fs::permissions(home / "closed", fs::perms{0600});
  const auto id = create(deployment, home);
  constexpr uid_t somebody = 12'345;
  {
    const Mounted mounted(deployment, id);
    CHECK(open_as(somebody, mounted.path() / "open") == EACCES);
  }
  const Mounted mounted(deployment, id, {"--allow-other"});
  CHECK(open_as(somebody, mounted.path() / "open") == 0);
  CHECK(open_as(somebody, mounted.path() / "closed") == EACCES);
}

TEST_CASE("a mount ends when it is told to, and nothing stays mounted") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  test::write_file(home / "notes.txt", "one");
  create(deployment, home);
  for (const int signal : {SIGTERM, SIGINT}) {
    Mounted mounted(deployment, "latest");
    CHECK(mounted.end(signal) == 0);
    CHECK_FALSE(is_mounted(mounted.path()));
  }
  Mounted mounted(deployment, "latest");
  CHECK(base::run_process({"fusermount3", "-u", mounted.path()}).exit_code == 0);
  CHECK(mounted.wait() == 0);
}

TEST_CASE("a mount that is told to end while a file is open ends, and reading on fails") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  test::write_file(home / "large", test::noise(5'000'000));
  create(deployment, home);
  Mounted mounted(deployment, "latest");
  const auto file = base::open_file(mounted.path() / "large", O_RDONLY);
  CHECK(mounted.end(SIGTERM) == 0);
  CHECK_FALSE(is_mounted(mounted.path()));
  std::string all(5'000'000, '\0');
  CHECK(test::error_kind([&] { base::read_full(file.get(), all.data(), all.size(), "large"); }) ==
        base::ErrorKind::failed);
}

TEST_CASE("names that would lead out of a mount cost their snapshot alone") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto store = deployment.directory() / "elsewhere";
  snapshot::Store::init(store);
  const auto root = test::entry_at("", snapshot::NodeType::directory);
  for (const char* path : {"../escape", "a/../../b", "/etc/passwd", "no/directory"}) {
    const auto block = test::block_of({root, test::entry_at(path)});
    test::plant_snapshot(store, test::plant_tree(store, block, 2), "mallory");
  }
  const auto good = test::plant_tree(store, test::block_of({root, test::entry_at("file")}), 2);
  test::plant_snapshot(store, good, "alice");
  test::plant_snapshot(store, good, "../../mallory");
  const Mounted mounted(deployment, "all", {"--store", store});
  std::vector<std::string> users;
  for (const auto& user : fs::directory_iterator(mounted.path())) users.push_back(user.path().filename());
  std::ranges::sort(users);
  CHECK(users == std::vector<std::string>{"alice", "mallory"});
  for (const auto& snapshot : fs::directory_iterator(mounted.path() / "mallory")) {
    std::error_code error;
    fs::directory_iterator(snapshot.path(), error);
    CHECK(error.value() == EIO);
  }
  CHECK_THAT(mounted.errors(), test::Contains("unsafe path"));
  const auto alices = fs::directory_iterator(mounted.path() / "alice")->path();
  CHECK(test::read_text(alices / "file") == "");
}

TEST_CASE("a mount in the background outlives the command and its directory, and ends when it is unmounted") {
  if (!MountPoint::possible()) return;
  const Deployment deployment;
  const auto home = deployment.directory() / "home";
  test::write_file(home / "notes.txt", "one");
  create(deployment, home);
  const MountPoint point(deployment);
  const std::string command = "cd '" + deployment.directory().string() +
                              "' && '" DESKLOOM_PROGRAM
                              "' --config deskloom.toml --state-dir state snapshot mount latest '" +
                              point.path().string() + "' --background";
  const auto said = base::run_process({"bash", "-c", command});
  CHECK(said.err == "");
  CHECK(said.exit_code == 0);
  CHECK(test::processes_with(point.path()).size() == 1);
  CHECK(test::read_text(point.path() / "notes.txt") == "one");
  CHECK(point.unmount() == 0);
  CHECK(test::wait_until([&] { return test::processes_with(point.path()).empty(); }));
}
