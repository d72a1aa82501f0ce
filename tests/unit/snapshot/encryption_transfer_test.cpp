// Snapshots between encrypted stores: with the key at both ends, and to a store that cannot read what it
// keeps.
#include "sealed_store.hpp"
#include "support/catch.hpp"
#include "transfer_peers.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;
using test::Contains;
namespace fs = std::filesystem;

namespace {

// A store with two snapshots, of which the second is a difference, and an empty one of the same master key.
struct Work {
  SealedStore from;
  fs::path to = from.dir / "other";
  std::vector<Captured> captured;

  Work() {
    for (int step = 0; step < 2; ++step) {
      auto tree = secret_tree(step);
      captured.push_back(capture(*from.store, tree, step > 0 ? &captured.back().tree() : nullptr));
    }
    init_root_like(to, from.path() / "key");
  }
  // By a server that has the key, or not. The error, or "".
  std::string transfer(const fs::path& server, const KeySource& servers_key, const fs::path& client,
                       bool push) {
    Served served(server, {false, servers_key, {}});
    base::NoProgress progress;
    try {
      transfer::Peer peer(served.channel(), "there");
      const StoreRoot root = open_root(client, from.key);
      report = push ? peer.push(root, Store::open(root)->list(), false, progress)
                    : peer.pull(root, from.store->list(), false, progress);
      return "";
    } catch (const base::Error& error) {
      return error.what();
    }
  }
  void check_arrived() const {
    base::NoProgress progress;
    const auto store = Store::open(to, from.key);
    CHECK(store->verify(true, progress).problems.empty());
    CHECK(store->list() == from.store->list());
    for (const auto& one : captured) {
      CHECK(read_all(*store->open_file(one.tree(), "video")) ==
            read_all(*from.store->open_file(one.tree(), "video")));
    }
  }
  transfer::Report report;
};

}  // namespace

TEST_CASE("snapshots go between stores of the same master key, both ways") {
  Work work;
  CHECK(work.transfer(work.to, work.from.key, work.from.path(), true).empty());
  CHECK(work.report.snapshots == 2);
  work.check_arrived();
  CHECK(work.transfer(work.to, work.from.key, work.from.path(), true).empty());
  CHECK(work.report.sent_bytes == 0);

  Work pulled;
  CHECK(pulled.transfer(pulled.from.path(), pulled.from.key, pulled.to, false).empty());
  pulled.check_arrived();
}

TEST_CASE("a store without its key takes snapshots that it cannot read") {
  Work work;
  CHECK(work.transfer(work.to, {}, work.from.path(), true).empty());
  CHECK(work.report.snapshots == 2);
  CHECK(error_kind([&] { Store::open(work.to); }) == base::ErrorKind::no_key);
  work.check_arrived();
  CHECK(work.transfer(work.to, {}, work.from.path(), true).empty());
  CHECK(work.report.there == 2);
}

TEST_CASE("a store without its key is verified as far as it can be") {
  Work work;
  REQUIRE(work.transfer(work.to, {}, work.from.path(), true).empty());
  const auto problems = [&] {
    base::NoProgress progress;
    return Store::open(open_root_locked(work.to, Seal::none()))->verify(true, progress).problems.size();
  };
  CHECK(problems() == 0);
  const auto pack = fs::directory_iterator(work.to / "packs")->path();
  flip_byte(pack, fs::file_size(pack) / 2);
  CHECK(problems() == 1);
  flip_byte(pack, fs::file_size(pack) / 2);
  flip_byte(manifest_of(work.to, work.captured[0].snapshot.id), 200);
  CHECK(problems() == 1);
}

TEST_CASE("a store without its key cannot give snapshots, and says so") {
  Work work;
  CHECK_THAT(work.transfer(work.from.path(), {}, work.to, false), Contains("no key is given"));
}

TEST_CASE("a store with another key, or none, is refused as the other end") {
  Work work;
  const SealedStore stranger;
  CHECK_THAT(work.transfer(stranger.path(), stranger.key, work.from.path(), true), Contains("another key"));
  CHECK_THAT(work.transfer(stranger.path(), {}, work.from.path(), true), Contains("another key"));
  const TempStore plain;
  CHECK_THAT(work.transfer(plain.path(), {}, work.from.path(), true), Contains("not encrypted"));
  CHECK_THAT(work.transfer(work.from.path(), work.from.key, plain.path(), true),
             Contains("the other store is not"));
  CHECK(stranger.store->list().empty());
  CHECK(plain.store->list().empty());
}

TEST_CASE("a store that was made like another opens with what the other one opened with then") {
  Work work;
  const auto next = key_file(work.from.dir / "next", random_key('d'));
  change_key(work.from.path(), work.from.key, next);
  CHECK_NOTHROW(Store::open(work.to, work.from.key));
  CHECK(open_root(work.from.path(), next).seal->key_id() == open_root(work.to, work.from.key).seal->key_id());
}
