// Directories of this machine as source and sink.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>

#include "base/error.hpp"
#include "snapshot/beneath.hpp"
#include "snapshot/bytes.hpp"
#include "snapshot/xattr.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace fs = std::filesystem;

namespace {

struct stat lstat_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status;
}

void set_mtime(const fs::path& path, std::int64_t seconds, long ns) {
  const timespec times[2] = {{1, 0}, {seconds, ns}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

// Nodes without what a restore cannot keep.
std::vector<Node> comparable(const fs::path& root) {
  std::vector<Skipped> skipped;
  std::vector<Node> nodes = local_source(root, {})->list(skipped);
  for (Node& node : nodes) {
    node.ctime_ns = 0;
    node.inode = 0;
    node.link_group = node.link_group != 0 ? 1 : 0;
  }
  std::ranges::sort(nodes, {}, &Node::path);
  return nodes;
}

bool equal(const Node& a, const Node& b) {
  return a.path == b.path && a.type == b.type && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid &&
         a.size == b.size && a.mtime_ns == b.mtime_ns && a.link_group == b.link_group &&
         a.device == b.device && a.target == b.target && a.xattrs == b.xattrs;
}

struct RoundTrip {
  TempStore temp;
  fs::path from = temp.dir / "from";
  fs::path to = temp.dir / "to";
  RoundTrip() { fs::create_directory(from); }
  Captured run() {
    Captured captured = capture_directory(*temp.store, from);
    restore_to(*temp.store, captured.tree(), to);
    return captured;
  }
};

}  // namespace

TEST_CASE("modes, times, links, odd names, fifos and xattrs survive a round trip") {
  RoundTrip trip;
  write_file(trip.from / "plain", "text");
  write_file(trip.from / "d/secret", "s");
  write_file(trip.from / "d/setuid", "x");
  write_file(trip.from / "\xff\xfe\n bad \x1b[31m", "odd");
  write_file(trip.from / "readonly", "r");
  fs::create_hard_link(trip.from / "plain", trip.from / "d/hard");
  fs::create_symlink("/nowhere/\xff", trip.from / "dangling");
  REQUIRE(::mkfifo((trip.from / "fifo").c_str(), 0640) == 0);
  REQUIRE(::chmod((trip.from / "d/secret").c_str(), 0600) == 0);
  REQUIRE(::chmod((trip.from / "d/setuid").c_str(), 06755) == 0);
  const bool has_xattrs = ::setxattr((trip.from / "readonly").c_str(), "user.note", "v\0w", 3, 0) == 0;
  REQUIRE(::chmod((trip.from / "readonly").c_str(), 0400) == 0);
  set_mtime(trip.from / "plain", 1'234'567'890, 123'456'789);
  set_mtime(trip.from / "dangling", 1'000'000'000, 1);
  set_mtime(trip.from / "d/secret", -5, 500'000'000);
  REQUIRE(::chmod((trip.from / "d").c_str(), 01555) == 0);
  set_mtime(trip.from / "d", 99, 9);
  if (!has_xattrs) WARN("no user xattrs on this file system: not tested");

  trip.run();
  const auto before = comparable(trip.from);
  const auto after = comparable(trip.to);
  REQUIRE(before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    INFO(before[i].path);
    CHECK(equal(before[i], after[i]));
  }
  CHECK(read_text(trip.to / "\xff\xfe\n bad \x1b[31m") == "odd");
  CHECK(lstat_of(trip.to / "plain").st_ino == lstat_of(trip.to / "d/hard").st_ino);
  char value[8];
  if (has_xattrs) CHECK(::getxattr((trip.to / "readonly").c_str(), "user.note", value, sizeof value) == 3);
  REQUIRE(::chmod((trip.from / "d").c_str(), 0755) == 0);
  REQUIRE(::chmod((trip.to / "d").c_str(), 0755) == 0);
}

TEST_CASE("an ACL survives a round trip") {
  RoundTrip trip;
  write_file(trip.from / "shared", "x");
  // Version 2, then (tag, permissions, id): owner rw-, user 1234 r--, group r--, mask r--, other ---.
  ByteWriter acl;
  acl.integer(2U);
  for (const auto& [tag, bits, id] :
       {std::tuple{1, 6, ~0U}, {2, 4, 1234U}, {4, 4, ~0U}, {16, 4, ~0U}, {32, 0, ~0U}}) {
    acl.integer(static_cast<std::uint16_t>(tag)).integer(static_cast<std::uint16_t>(bits)).integer(id);
  }
  const std::string path = trip.from / "shared";
  if (::setxattr(path.c_str(), "system.posix_acl_access", acl.bytes().data(), acl.bytes().size(), 0) != 0) {
    WARN("no ACLs on this file system: not tested");
    return;
  }
  trip.run();
  CHECK(read_xattrs(trip.to / "shared") == read_xattrs(path));
  CHECK(read_xattrs(path).size() == 1);
  CHECK((lstat_of(trip.to / "shared").st_mode & 07777) == 0640);
}

TEST_CASE("opening beneath a root follows no link, with openat2 and without") {
  TempDir dir;
  write_file(dir / "root/d/f", "in");
  write_file(dir / "secret", "out");
  fs::create_symlink(dir / "secret", dir / "root/file-link");
  fs::create_directory_symlink(dir.path(), dir / "root/dir-link");
  fs::create_symlink("d", dir / "root/inner-link");
  const Beneath beneath(dir / "root", GENERATE(true, false));
  CHECK(beneath.try_open("d/f", O_RDONLY));
  CHECK(beneath.try_open("", O_PATH | O_DIRECTORY));
  for (const char* path : {"file-link", "dir-link/secret", "inner-link/f", "d/none"}) {
    CHECK_FALSE(beneath.try_open(path, O_RDONLY));
  }
}

TEST_CASE("owners and devices survive when restored as root") {
  if (::geteuid() != 0) {
    WARN("needs root: not tested");
    return;
  }
  RoundTrip trip;
  write_file(trip.from / "theirs", "x");
  REQUIRE(::chown((trip.from / "theirs").c_str(), 12345, 54321) == 0);
  REQUIRE(::chmod((trip.from / "theirs").c_str(), 04755) == 0);
  const bool has_device = ::mknod((trip.from / "null").c_str(), S_IFCHR | 0666, (1 << 8) | 3) == 0;
  trip.run();
  const struct stat status = lstat_of(trip.to / "theirs");
  CHECK(status.st_uid == 12345);
  CHECK(status.st_gid == 54321);
  CHECK((status.st_mode & 07777) == 04755);
  if (has_device) CHECK(lstat_of(trip.to / "null").st_rdev == lstat_of(trip.from / "null").st_rdev);
}

TEST_CASE("a sparse file stays sparse and is not read where it is empty") {
  RoundTrip trip;
  const fs::path path = trip.from / "sparse";
  write_file(path, noise(5000));
  fs::resize_file(path, std::uint64_t{3} << 30);
  const Captured captured = trip.run();
  CHECK(captured.stats.read_bytes < (1 << 20));
  CHECK(fs::file_size(trip.to / "sparse") == std::uint64_t{3} << 30);
  CHECK(lstat_of(trip.to / "sparse").st_blocks * 512 < (1 << 20));
}

TEST_CASE("a second restore writes nothing, and repairs what was changed") {
  RoundTrip trip;
  write_file(trip.from / "same", "same");
  write_file(trip.from / "edited", "original");
  write_file(trip.from / "mode", "m");
  const Captured captured = trip.run();
  const struct stat before = lstat_of(trip.to / "same");
  write_file(trip.to / "edited", "scribbled over");
  REQUIRE(::chmod((trip.to / "mode").c_str(), 0777) == 0);
  restore_to(*trip.temp.store, captured.tree(), trip.to);
  const struct stat after = lstat_of(trip.to / "same");
  CHECK(before.st_ino == after.st_ino);
  CHECK(before.st_ctim.tv_nsec == after.st_ctim.tv_nsec);
  CHECK(read_text(trip.to / "edited") == "original");
  CHECK((lstat_of(trip.to / "mode").st_mode & 07777) == (lstat_of(trip.from / "mode").st_mode & 07777));
}

TEST_CASE("chosen paths are restored with the directories above them, and nothing else") {
  RoundTrip trip;
  write_file(trip.from / "a/b/c", "1");
  write_file(trip.from / "a/b2", "2");
  write_file(trip.from / "x/y", "3");
  const Captured captured = capture_directory(*trip.temp.store, trip.from);
  restore_to(*trip.temp.store, captured.tree(), trip.to, {"a/b/", "x/y"});
  CHECK(read_text(trip.to / "a/b/c") == "1");
  CHECK(read_text(trip.to / "x/y") == "3");
  CHECK_FALSE(fs::exists(trip.to / "a/b2"));
  CHECK(error_kind([&] { restore_to(*trip.temp.store, captured.tree(), trip.to, {"a/none"}); }) ==
        base::ErrorKind::not_found);
}

TEST_CASE("a symlink planted in the restore root leads nowhere") {
  RoundTrip trip;
  write_file(trip.from / "a/b", "restored");
  const Captured captured = capture_directory(*trip.temp.store, trip.from);
  const fs::path outside = trip.temp.dir / "outside";
  write_file(outside / "b", "not yours");
  fs::create_directory(trip.to);
  fs::create_directory_symlink(outside, trip.to / "a");
  restore_to(*trip.temp.store, captured.tree(), trip.to);
  CHECK(read_text(outside / "b") == "not yours");
  CHECK_FALSE(fs::is_symlink(trip.to / "a"));
  CHECK(read_text(trip.to / "a/b") == "restored");
}

TEST_CASE("a planted link in place of a file is replaced, not written through") {
  RoundTrip trip;
  write_file(trip.from / "f", "1234");
  set_mtime(trip.from / "f", 1000, 0);
  const Captured captured = capture_directory(*trip.temp.store, trip.from);
  const fs::path outside = trip.temp.dir / "outside";
  write_file(outside, "keep");
  set_mtime(outside, 1000, 0);
  fs::create_directory(trip.to);
  if (GENERATE(true, false)) {
    fs::create_symlink(outside, trip.to / "f");
  } else {
    // Equal size and time: taken for the stored file, its owner and mode would go to the one outside.
    fs::create_hard_link(outside, trip.to / "f");
  }
  restore_to(*trip.temp.store, captured.tree(), trip.to);
  CHECK(read_text(outside) == "keep");
  CHECK(read_text(trip.to / "f") == "1234");
  CHECK(lstat_of(outside).st_nlink == 1);
}

struct Nothing : ContentSender {
  std::vector<DataRange> data_ranges() override { return {}; }
  void send(const std::function<void(std::span<const std::byte>)>&,
            const std::function<void(std::uint64_t)>&) override {}
};

TEST_CASE("a sink used directly does not leave its root") {
  TempDir dir;
  write_file(dir / "outside", "keep");
  fs::create_directory(dir / "root");
  fs::create_directory_symlink(dir.path(), dir / "root/up");
  for (const std::string path : {"up/outside", "../outside"}) {
    const auto sink = local_sink(dir / "root");
    const std::vector<Node> nodes{{path, NodeType::file, 0644}};
    sink->begin(nodes);
    Nothing nothing;
    CHECK_THROWS_AS(sink->file(0, nothing, 0), base::Error);
  }
  CHECK(read_text(dir / "outside") == "keep");
}

TEST_CASE("a directory with content is not destroyed for a file") {
  RoundTrip trip;
  write_file(trip.from / "name", "file");
  const Captured captured = capture_directory(*trip.temp.store, trip.from);
  write_file(trip.to / "name/precious", "data");
  CHECK(error_kind([&] { restore_to(*trip.temp.store, captured.tree(), trip.to); }) ==
        base::ErrorKind::failed);
  CHECK(read_text(trip.to / "name/precious") == "data");
  CHECK(std::distance(fs::directory_iterator(trip.to), {}) == 1);  // no temporary file stays
}

TEST_CASE("excluded paths are left out, sockets are told") {
  TempDir dir;
  write_file(dir / "keep/a.txt", "1");
  write_file(dir / "keep/a.tmp", "2");
  write_file(dir / "cache/big", "3");
  REQUIRE(::mknod((dir / "sock").c_str(), S_IFSOCK | 0600, 0) == 0);
  std::vector<Skipped> skipped;
  std::vector<std::string> paths;
  for (const Node& node : local_source(dir.path(), {"*.tmp", "/cache/"})->list(skipped))
    paths.push_back(node.path);
  CHECK(paths == std::vector<std::string>{"", "keep", "keep/a.txt"});
  REQUIRE(skipped.size() == 1);
  CHECK(skipped[0].path == "sock");
}

TEST_CASE("a file that grows while it is read is tried again, stored and marked") {
  TempStore temp;
  const fs::path path = temp.dir / "from/log";
  write_file(path, noise(600'000));
  // Grows at each piece that is read.
  class Growing : public TreeSource {
   public:
    explicit Growing(const fs::path& root, fs::path file)
        : inner_(local_source(root, {})), file_(std::move(file)) {}
    std::vector<Node> list(std::vector<Skipped>& skipped) override { return inner_->list(skipped); }
    void read(const std::vector<Node>& nodes, const std::vector<std::size_t>& wanted,
              const Receiver& receiver) override {
      Receiver growing = receiver;
      growing.on_begin = [&](std::size_t index) {
        ++begins;
        receiver.on_begin(index);
      };
      growing.on_data = [&](std::span<const std::byte> bytes) {
        fs::resize_file(file_, fs::file_size(file_) + 1);
        receiver.on_data(bytes);
      };
      inner_->read(nodes, wanted, growing);
    }
    int begins = 0;

   private:
    std::unique_ptr<TreeSource> inner_;
    fs::path file_;
  } source(temp.dir / "from", path);
  const Captured captured = capture(*temp.store, source);
  CHECK(source.begins == 2);
  REQUIRE(captured.skipped.size() == 1);
  CHECK(captured.skipped[0].path == "log");
  CHECK(read_all(*temp.store->open_file(captured.tree(), "log")).substr(0, 600'000) == noise(600'000));
}

TEST_CASE("a file that vanished or turned into a link between list and read is left out") {
  TempStore temp;
  write_file(temp.dir / "from/gone", "1");
  write_file(temp.dir / "from/link", "2");
  write_file(temp.dir / "secret", "not for a snapshot");
  class Swapping : public FakeTree {
   public:
    explicit Swapping(const TempDir& dir) : dir_(dir), inner_(local_source(dir / "from", {})) {}
    std::vector<Node> list(std::vector<Skipped>& skipped) override { return inner_->list(skipped); }
    void read(const std::vector<Node>& listed, const std::vector<std::size_t>& wanted,
              const Receiver& receiver) override {
      fs::remove(dir_ / "from/gone");
      fs::remove(dir_ / "from/link");
      fs::create_symlink(dir_ / "secret", dir_ / "from/link");
      inner_->read(listed, wanted, receiver);
    }

   private:
    const TempDir& dir_;
    std::unique_ptr<TreeSource> inner_;
  } source(temp.dir);
  const Captured captured = capture(*temp.store, source);
  CHECK(captured.skipped.size() == 2);
  CHECK(captured.tree().files == 0);
}
