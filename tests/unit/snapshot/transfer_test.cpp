#include <atomic>
#include <thread>

#include "snapshot_builders.hpp"
#include "support/catch.hpp"
#include "transfer_peers.hpp"

using namespace deskloom;
using test::Contains;
using test::pull_all;
using test::push_all;
using test::TempStore;

namespace {

// Three snapshots of a tree with a large file, of which a part is rewritten: the later two have deltas.
struct Work {
  TempStore store;
  std::vector<test::Captured> captured;

  Work() {
    std::string large = test::noise(700'000);
    for (int step = 0; step < 3; ++step) {
      test::FakeTree tree;
      tree.directory("small").file("large", large).file("notes.txt", "step " + std::to_string(step));
      for (unsigned i = 0; i < 40; ++i) tree.file("small/" + std::to_string(i), test::noise(3'000, 100 + i));
      tree.clock += step * 10'000'000'000;
      captured.push_back(capture(*store.store, tree, step == 0 ? nullptr : &captured.back().tree()));
      large.replace(200'000 + static_cast<std::size_t>(step) * 100'000, 40, std::string(40, 'x'));
    }
  }
};

void check_same(const TempStore& a, const TempStore& b) {
  base::NoProgress progress;
  CHECK(b.open()->verify(true, progress).problems.empty());
  CHECK(b.open()->list() == a.open()->list());
  for (const auto& id : a.open()->list()) {
    const auto one = a.open();
    const auto other = b.open();
    const auto layer = *one->get(id).layer("tree");
    CHECK(other->diff(layer, layer).empty());
    const auto source = other->open_file(layer, "large");
    CHECK(test::read_all(*source) == test::read_all(*one->open_file(layer, "large")));
  }
}

}  // namespace

TEST_CASE("a push gives another store every snapshot, and a second one sends nothing") {
  const Work work;
  const TempStore target;
  const auto first = push_all(work.store.path(), target.path());
  CHECK(first.error.empty());
  CHECK(first.report.snapshots == 3);
  CHECK(first.report.chunks > 10);
  check_same(work.store, target);
  const auto second = push_all(work.store.path(), target.path());
  CHECK(second.report.snapshots == 0);
  CHECK(second.report.there == 3);
  CHECK(second.report.sent_bytes == 0);
  CHECK(second.passed_bytes < 1'000);
}

TEST_CASE("a pull brings every snapshot, and a second one nothing") {
  const Work work;
  const TempStore target;
  const auto first = pull_all(work.store.path(), target.path());
  CHECK(first.error.empty());
  CHECK(first.report.snapshots == 3);
  check_same(work.store, target);
  const auto second = pull_all(work.store.path(), target.path());
  CHECK(second.report.there == 3);
  CHECK(second.report.sent_bytes == 0);
}

TEST_CASE("differences travel as differences") {
  const Work work;
  const TempStore target;
  const auto all = push_all(work.store.path(), target.path());
  std::uintmax_t stored = 0;
  for (const auto& pack : work.store.packs()) stored += std::filesystem::file_size(pack);
  CHECK(all.report.sent_bytes <= stored);
  // Chunks of 700,000 bytes that do not compress would have been sent three times else.
  CHECK(all.report.sent_bytes < 1'000'000);
}

TEST_CASE("a snapshot that is sent alone does not bring along what it was compressed against") {
  const Work work;
  const TempStore target;
  test::Served served(target.path());
  snapshot::transfer::Peer peer(served.channel(), "there");
  base::NoProgress progress;
  const auto report =
      peer.push(snapshot::open_root(work.store.path()), {work.captured.back().snapshot.id}, false, progress);
  served.hang_up();
  CHECK(report.snapshots == 1);
  CHECK(report.sent_bytes < 900'000);
  CHECK(target.open()->verify(true, progress).problems.empty());
  const auto source = target.store->open_file(work.captured.back().tree(), "large");
  CHECK(test::read_all(*source) ==
        test::read_all(*work.store.store->open_file(work.captured.back().tree(), "large")));
}

TEST_CASE("a transfer that is cut anywhere leaves a whole store, and goes on where it stopped") {
  const Work work;
  const TempStore whole;
  const auto uncut = push_all(work.store.path(), whole.path());
  for (std::uint64_t cut = 3; cut < uncut.passed_bytes; cut += uncut.passed_bytes / 23) {
    for (auto* const transfer : {&push_all, &pull_all}) {
      CAPTURE(cut, transfer == &pull_all);
      const TempStore target;
      CHECK_FALSE((*transfer)(work.store.path(), target.path(), cut).error.empty());
      base::NoProgress progress;
      CHECK(target.open()->verify(true, progress).problems.empty());
      const auto rest = (*transfer)(work.store.path(), target.path(), test::uncut);
      CHECK(rest.error.empty());
      // What a message had begun to carry is lost, no more.
      constexpr std::uint64_t message = 560'000;
      CHECK(rest.report.sent_bytes + cut < uncut.report.sent_bytes + message + 20'000);
      check_same(work.store, target);
    }
  }
}

TEST_CASE("a dry run says what would be sent and changes nothing") {
  const Work work;
  const TempStore target;
  test::Served served(target.path());
  snapshot::transfer::Peer peer(served.channel(), "there");
  base::NoProgress progress;
  const auto would =
      peer.push(snapshot::open_root(work.store.path()), work.store.store->list(), true, progress);
  served.hang_up();
  CHECK(would.snapshots == 3);
  CHECK(target.packs().empty());
  CHECK(target.open()->list().empty());
  const auto did = push_all(work.store.path(), target.path()).report;
  CHECK(did.chunks == would.chunks);
  CHECK(did.sent_bytes == Approx(static_cast<double>(would.sent_bytes)).epsilon(0.05));
}

TEST_CASE("a snapshot that is damaged here is left out and named, the others arrive") {
  const Work work;
  const TempStore target;
  const auto& damaged = work.captured[1].snapshot.id;
  test::flip_byte(test::manifest_of(work.store.path(), damaged), 200);
  const auto sent = push_all(work.store.path(), target.path());
  CHECK(sent.error.empty());
  CHECK(sent.report.snapshots == 2);
  REQUIRE(sent.report.failed.size() == 1);
  CHECK(sent.report.failed[0].snapshot == damaged);
  const TempStore puller;
  CHECK(pull_all(work.store.path(), puller.path()).report.failed.size() == 1);
}

TEST_CASE("a store that is served for reading gives and does not take") {
  const Work work;
  const TempStore target;
  base::NoProgress progress;
  test::Served served(target.path(), {.read_only = true});
  snapshot::transfer::Peer peer(served.channel(), "there");
  const auto push = [&] {
    peer.push(snapshot::open_root(work.store.path()), work.store.store->list(), false, progress);
  };
  CHECK_THAT(test::error_text(push), Contains("for reading only"));
}

TEST_CASE("a store that is newer than its program is told to the other end") {
  const Work work;
  const TempStore target;
  test::write_file(target.path() / "format", "deskloom-snapshot-store 99\n");
  CHECK_THAT(push_all(work.store.path(), target.path()).error, Contains("has format 99"));
}

TEST_CASE("a collection at the receiver, meanwhile, loses nothing") {
  const Work work;
  const TempStore target;
  std::atomic<bool> over = false;
  std::thread collector([&] {
    base::NoProgress progress;
    while (!over) target.open()->collect(std::chrono::milliseconds(0), false, progress);
  });
  for (int round = 0; round < 10; ++round) {
    CHECK(push_all(work.store.path(), target.path()).error.empty());
    for (const auto& id : target.open()->list()) target.open()->remove(id);
  }
  CHECK(push_all(work.store.path(), target.path()).error.empty());
  over = true;
  collector.join();
  check_same(work.store, target);
}
