// Captures of several users, prune and gc as processes of their own, and homes that are worked in meanwhile.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <map>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

constexpr std::uint64_t captures_per_user = 24;
constexpr std::size_t kept_per_user = 3;

// A process that does work once and ends; what it throws is told, and makes wait() false.
class Child {
 public:
  explicit Child(const std::function<void()>& work) : pid_(::fork()) {
    if (pid_ != 0) return;
    try {
      work();
      ::_exit(0);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "child: %s\n", e.what());
      ::_exit(1);
    }
  }
  ~Child() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  bool wait() {
    int status = -1;
    ended_ = true;
    return ::waitpid(pid_, &status, 0) == pid_ && status == 0;
  }

 private:
  pid_t pid_;
  bool ended_ = false;
};

// A home that changes a little from version to version, and shares a file with everybody's.
FakeTree home_of(const std::string& user, std::uint64_t version) {
  std::string notes = noise(120'000, std::hash<std::string>{}(user));
  notes[version * 5000] ^= 1;
  FakeTree tree;
  tree.file("notes", notes)
      .file("shared", noise(60'000, version / 3))
      .file("version", std::to_string(version));
  for (std::size_t i = 1; i < tree.nodes.size(); ++i)
    tree.nodes[i].mtime_ns += static_cast<std::int64_t>(version) * 1'000'000;
  return tree;
}

Snapshot capture_home(Store& store, const std::string& user, std::uint64_t version, const Layer* previous) {
  base::NoProgress progress;
  FakeTree tree = home_of(user, version);
  std::vector<Skipped> skipped;
  const auto writer = store.begin(progress);
  writer->put_tree("tree", tree, previous, skipped);
  return writer->commit({{"user", user}, {"version", version}},
                        base::from_ns(static_cast<std::int64_t>(version + 1)));
}

void capture_again_and_again(const TempStore& temp, const std::string& user) {
  std::optional<Snapshot> last;
  for (std::uint64_t version = 0; version < captures_per_user; ++version) {
    const auto store = temp.open();
    last = capture_home(*store, user, version, last ? last->layer("tree") : nullptr);
  }
}

// Newest last, by user.
std::map<std::string, std::vector<Snapshot>> snapshots_by_user(const Store& store) {
  std::map<std::string, std::vector<Snapshot>> by_user;
  for (const std::string& id : store.list()) {
    try {
      Snapshot snapshot = store.get(id);
      by_user[snapshot.metadata["user"]].push_back(std::move(snapshot));
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::not_found) throw;  // pruned meanwhile
    }
  }
  return by_user;
}

void remove(Store& store, const std::string& id) try { store.remove(id); } catch (const base::Error& error) {
  if (error.kind() != base::ErrorKind::not_found) throw;  // the other one was quicker
}

void prune(Store& store) {
  for (const auto& [user, snapshots] : snapshots_by_user(store)) {
    for (std::size_t i = 0; i + kept_per_user < snapshots.size(); ++i) remove(store, snapshots[i].id);
  }
}

void collect(Store& store) try {
  base::NoProgress progress;
  store.collect(milliseconds(20), false, progress);
} catch (const base::Error& error) {
  if (error.kind() != base::ErrorKind::locked) throw;  // the other one's turn
}

// By a full verify.
std::vector<std::string> problems_of(const TempStore& temp) {
  base::NoProgress progress;
  std::vector<std::string> problems;
  for (const VerifyProblem& problem : temp.open()->verify(true, progress).problems)
    problems.push_back(problem.object + ": " + problem.problem);
  return problems;
}

// One round of somebody who works: files come, grow, shrink, move and vanish.
void work_in(const fs::path& home, int round) {
  const fs::path log = home / "log", draft = home / "draft",
                 directory = home / ("d" + std::to_string(round % 3));
  write_file(log, noise(static_cast<std::size_t>(50'000 + round % 7 * 30'000), 5));
  write_file(directory / "inner/file", "text " + std::to_string(round));
  write_file(draft, noise(20'000, static_cast<std::uint64_t>(round)));
  fs::rename(draft, home / "report");
  fs::resize_file(log, static_cast<std::uintmax_t>(round % 5 * 10'000));
  fs::remove_all(home / ("d" + std::to_string((round + 1) % 3)));
}

}  // namespace

TEST_CASE("captures of several users, prune and gc at once lose nothing that is kept") {
  TempStore temp;
  const std::vector<std::string> users{"anna", "bert", "cleo"};
  std::vector<std::unique_ptr<Child>> children;
  for (const std::string& user : users)
    children.push_back(std::make_unique<Child>([&] { capture_again_and_again(temp, user); }));
  for (int collector = 0; collector < 2; ++collector) {
    children.push_back(std::make_unique<Child>([&] {
      for (int round = 0; round < 30; ++round) {
        prune(*temp.open());
        collect(*temp.open());
      }
    }));
  }
  for (const auto& child : children) CHECK(child->wait());
  CHECK(problems_of(temp) == std::vector<std::string>{});
  prune(*temp.open());
  collect(*temp.open());

  const auto store = temp.open();
  const auto left = snapshots_by_user(*store);
  for (const std::string& user : users) {
    REQUIRE(left.at(user).size() == kept_per_user);
    for (std::size_t i = 0; i < kept_per_user; ++i) {
      const Snapshot& snapshot = left.at(user)[i];
      const std::uint64_t version = captures_per_user - kept_per_user + i;
      CHECK(snapshot.metadata["version"] == version);
      FakeTree home = home_of(user, version);
      for (const char* path : {"notes", "shared", "version"})
        CHECK(read_all(*store->open_file(*snapshot.layer("tree"), path)) == home.contents[path]);
    }
  }
  CHECK(problems_of(temp) == std::vector<std::string>{});
}

TEST_CASE("a home that is worked in while it is captured is captured, and what it ends as is noticed") {
  TempStore temp;
  const fs::path home = temp.dir / "home";
  write_file(home / "still", "never touched");
  const fs::path stop = temp.dir / "stop";
  Child worker([&] {
    for (int round = 0; !fs::exists(stop); ++round) work_in(home, round);
  });
  std::optional<Captured> last;
  for (int round = 0; round < 15; ++round) {
    const auto store = temp.open();
    last = capture_directory(*store, home, last ? &last->tree() : nullptr);
    CHECK(read_all(*store->open_file(last->tree(), "still")) == "never touched");
    restore_to(*store, last->tree(), temp.dir / "back");
  }
  write_file(stop, "");
  CHECK(worker.wait());
  // What it left is noticed, whatever the captures before have seen of it.
  const auto store = temp.open();
  const Captured end = capture_directory(*store, home, &last->tree());
  CHECK(end.skipped.empty());
  for (const Node& node : store->list_tree(end.tree())) {
    if (node.type == NodeType::file)
      CHECK(read_all(*store->open_file(end.tree(), node.path)) == read_text(home / node.path));
  }
  CHECK(problems_of(temp) == std::vector<std::string>{});
}
