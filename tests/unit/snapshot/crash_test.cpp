// Killed at any moment, out of space, or several at once: what was acknowledged stays.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "sealed_store.hpp"
#include "support/catch.hpp"
#include "support/small_disk.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace fs = std::filesystem;

namespace {

constexpr std::size_t file_bytes = 3 << 20;

std::string expected_content(std::uint64_t seed) { return noise(file_bytes, seed); }

// In a child: captures one tree after the other, telling each acknowledged id and its seed.
[[noreturn]] void capture_until_killed(const TempStore& temp, std::uint64_t seed, int to) {
  try {
    const auto store = temp.open();
    for (;; ++seed) {
      FakeTree tree;
      tree.file("f", expected_content(seed)).file("seed", std::to_string(seed));
      const std::string line = capture(*store, tree).snapshot.id + "\n";
      base::write_full(to, line, "pipe");
    }
  } catch (...) {
    ::_exit(1);
  }
}

std::vector<std::string> take_lines(int from) {
  std::string text(1 << 16, '\0');
  text.resize(base::read_full(from, text.data(), text.size(), "pipe"));
  std::vector<std::string> lines;
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    lines.push_back(text.substr(at, end - at));
  }
  return lines;
}

// A process that does so.
class Capturing {
 public:
  Capturing(const TempStore& temp, std::uint64_t seed) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    from_ = base::UniqueFd(ends[0]);
    const base::UniqueFd to(ends[1]);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) capture_until_killed(temp, seed, to.get());
  }
  ~Capturing() {
    if (child_ > 0) end();
  }
  Capturing(const Capturing&) = delete;
  Capturing& operator=(const Capturing&) = delete;

  // Until a capture was acknowledged, however slow the machine is.
  void wait_for_first() const {
    pollfd first_word{from_.get(), POLLIN, 0};
    ::poll(&first_word, 1, -1);
  }
  // Kills it. What was acknowledged.
  std::vector<std::string> end() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
    return take_lines(from_.get());
  }

 private:
  base::UniqueFd from_;
  pid_t child_ = -1;
};

void check_whole(const Store& store, const std::string& id) {
  const Snapshot snapshot = store.get(id);
  const Layer& layer = *snapshot.layer("tree");
  const std::uint64_t seed = std::stoull(read_all(*store.open_file(layer, "seed")));
  CHECK(read_all(*store.open_file(layer, "f")) == expected_content(seed));
}

}  // namespace

TEMPLATE_TEST_CASE("kill -9 at any moment: the store verifies and every acknowledged snapshot restores", "",
                   TempStore, SealedStore) {
  const TestType temp;
  std::mt19937 random(7);
  std::vector<std::string> acknowledged;
  for (std::uint64_t kill = 0; kill < 20; ++kill) {
    Capturing capturing(temp, kill * 1000);
    if (kill == 0) capturing.wait_for_first();
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 150));
    for (std::string& id : capturing.end()) acknowledged.push_back(std::move(id));
    CHECK(verify(temp, false).problems.empty());
  }
  CHECK_FALSE(acknowledged.empty());
  const auto store = temp.open();
  for (const std::string& id : acknowledged) check_whole(*store, id);
  CHECK(verify(temp, true).problems.empty());
  // What the killed ones left is taken over or removed.
  FakeTree tree;
  capture(*store, tree);
  CHECK(fs::is_empty(temp.path() / "incoming"));
  CHECK(verify(temp, true).problems.empty());
}

TEMPLATE_TEST_CASE("an unfinished pack with a torn tail gives its whole records to the next writer", "",
                   TempStore, SealedStore) {
  const TestType temp;
  base::NoProgress progress;
  FakeTree tree;
  tree.file("f", expected_content(1));
  {
    std::vector<Skipped> skipped;
    temp.store->begin(progress)->put_tree("tree", tree, nullptr, skipped);
  }
  const fs::path pack = fs::directory_iterator(temp.path() / "incoming")->path();
  fs::resize_file(pack, fs::file_size(pack) - 10);
  const auto store = temp.open();
  const Captured captured = capture(*store, tree);
  CHECK(captured.stats.added_bytes < file_bytes);
  CHECK(read_all(*store->open_file(captured.tree(), "f")) == expected_content(1));
  CHECK(verify(temp, true).problems.empty());
}

TEMPLATE_TEST_CASE("a living writer's unfinished pack is left alone", "", TempStore, SealedStore) {
  const TestType temp;
  base::NoProgress progress;
  FakeTree tree;
  tree.file("f", expected_content(1));
  std::vector<Skipped> skipped;
  const auto living = temp.store->begin(progress);
  living->put_tree("tree", tree, nullptr, skipped);
  FakeTree other;
  capture(*temp.open(), other);
  const std::string id = living->commit(base::Json::object(), base::from_ns(5)).id;
  CHECK(read_all(*temp.open()->open_file(*temp.open()->get(id).layer("tree"), "f")) == expected_content(1));
}

TEMPLATE_TEST_CASE("two writers at once lose nothing of each other", "", TempStore, SealedStore) {
  const TestType temp;
  Capturing one(temp, 100), two(temp, 100);  // the same content, on purpose
  for (const Capturing* capturing : {&one, &two}) capturing->wait_for_first();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  std::vector<std::string> acknowledged = one.end();
  for (std::string& id : two.end()) acknowledged.push_back(std::move(id));
  CHECK(acknowledged.size() >= 2);
  const auto store = temp.open();
  for (const std::string& id : acknowledged) check_whole(*store, id);
  CHECK(verify(temp, true).problems.empty());
}

TEMPLATE_TEST_CASE("a full disk is no_space; what was there stays, and space makes it work again", "",
                   TempStore, SealedStore) {
  if (!SmallDisk::possible()) return;
  const SmallDisk disk("8m");
  const TestType elsewhere;  // for its key
  Store::init(disk.path() / "store", elsewhere.key);
  const auto store = Store::open(disk.path() / "store", elsewhere.key);
  base::NoProgress progress;
  FakeTree tree;
  tree.file("f", expected_content(1)).file("seed", "1");
  const std::string kept = capture(*store, tree).snapshot.id;
  FakeTree large;
  large.file("large", noise(20 << 20));
  CHECK(error_kind([&] { capture(*store, large); }) == base::ErrorKind::no_space);
  CHECK(store->list() == std::vector<std::string>{kept});
  check_whole(*store, kept);
  CHECK(store->verify(true, progress).problems.empty());
  FakeTree next;
  next.file("seed", "2").file("f", expected_content(1));
  CHECK_NOTHROW(capture(*store, next));
}

TEMPLATE_TEST_CASE("a writer that could not write does not commit", "", TempStore, SealedStore) {
  const TestType temp;
  base::NoProgress progress;
  const auto writer = temp.store->begin(progress);
  FakeTree tree;
  tree.file("f", noise(3 << 20));
  std::vector<Skipped> skipped;
  fs::remove_all(temp.path() / "incoming");
  CHECK_THROWS_AS(writer->put_tree("tree", tree, nullptr, skipped), base::Error);
  CHECK_THROWS_AS(writer->commit(base::Json::object(), base::from_ns(1)), base::Error);
  CHECK(temp.store->list().empty());
}
