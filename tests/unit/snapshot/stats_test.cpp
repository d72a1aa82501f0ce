#include "snapshot/stats.hpp"

#include <algorithm>

#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using snapshot::StoreStats;
using test::FakeTree;
using test::noise;

namespace {

constexpr std::uint64_t slack = 4'000;  // what trees take besides their files

StoreStats stats_of(const test::TempStore& temp) {
  base::NoProgress progress;
  return temp.open()->stats([](const snapshot::Snapshot& s) { return s.metadata["user"].get<std::string>(); },
                            progress);
}

void capture_for(const test::TempStore& temp, const std::string& user, FakeTree& tree,
                 const std::string& profile = {}) {
  static std::int64_t now = 0;
  base::NoProgress progress;
  const auto store = temp.open();
  const auto writer = store->begin(progress);
  std::vector<snapshot::Skipped> skipped;
  writer->put_tree("tree", tree, nullptr, skipped);
  if (!profile.empty()) {
    test::StringSource source(profile);
    writer->put_stream("profile", source);
  }
  writer->commit({{"user", user}}, base::from_ns(++now));
}

const StoreStats::Part& part(const std::vector<StoreStats::Part>& parts, const std::string& name) {
  const auto found = std::ranges::find(parts, name, &StoreStats::Part::name);
  REQUIRE(found != parts.end());
  return *found;
}

bool is_near(std::uint64_t value, std::uint64_t expected) {
  return value >= expected && value < expected + slack;
}

std::uint64_t pack_bytes(const test::TempStore& temp) {
  std::uint64_t total = 0;
  for (const auto& pack : temp.packs()) total += std::filesystem::file_size(pack);
  return total;
}

}  // namespace

TEST_CASE("what two users share counts once in all, and for neither alone") {
  const test::TempStore temp;
  FakeTree alice, bob;
  alice.file("shared", noise(300'000)).file("own", noise(100'000, 2));
  bob.file("shared", noise(300'000)).file("own", noise(50'000, 3));
  capture_for(temp, "alice", alice);
  capture_for(temp, "alice", alice);
  capture_for(temp, "bob", bob);
  const auto stats = stats_of(temp);
  CHECK(stats.total.snapshots == 3);
  CHECK(stats.total.logical_bytes == 1'150'000);
  CHECK(is_near(stats.total.unique_bytes, 450'000));
  CHECK(part(stats.groups, "alice").snapshots == 2);
  CHECK(is_near(part(stats.groups, "alice").unique_bytes, 100'000));
  CHECK(is_near(part(stats.groups, "bob").unique_bytes, 50'000));
  CHECK(stats.damaged == 0);
}

TEST_CASE("what a user's removal is said to free is what a collection frees") {
  const test::TempStore temp;
  FakeTree alice, bob;
  alice.file("shared", noise(300'000)).file("own", std::string(200'000, 'a') + noise(900'000, 2));
  bob.file("shared", noise(300'000)).file("own", noise(50'000, 3));
  capture_for(temp, "alice", alice);
  capture_for(temp, "bob", bob);
  const auto before = pack_bytes(temp);
  const auto frees = part(stats_of(temp).groups, "alice").stored_bytes;
  CHECK(frees > 800'000);
  const auto store = temp.open();
  for (const auto& id : store->ids())
    if (store->get(id).metadata["user"] == "alice") store->remove(id);
  CHECK(stats_of(temp).unneeded_bytes >= frees);
  base::NoProgress progress;
  store->collect(std::chrono::milliseconds(0), false, progress);
  const auto freed = before - pack_bytes(temp);
  CHECK(freed + 100 > frees);
  CHECK(freed < frees + 1'000);  // headers and packs that held nothing else
}

TEST_CASE("layers are added up by name, and holes and repetition show as ratios") {
  const test::TempStore temp;
  FakeTree tree;
  tree.file("zeros", std::string(1 << 20, '\0')).file("text", std::string(100'000, 'x'));
  capture_for(temp, "alice", tree, noise(10'000));
  const auto stats = stats_of(temp);
  CHECK(part(stats.layers, "profile").logical_bytes == 10'000);
  CHECK(part(stats.layers, "tree").logical_bytes == (1 << 20) + 100'000);
  CHECK(is_near(part(stats.layers, "tree").unique_bytes, 100'000));
  CHECK(part(stats.layers, "tree").stored_bytes < 12'000);
  const auto by_layer = part(stats.layers, "tree").stored_bytes + part(stats.layers, "profile").stored_bytes;
  CHECK(by_layer <= stats.total.stored_bytes);
  CHECK(by_layer + 20 > stats.total.stored_bytes);
  CHECK(stats.total.stored_bytes <= pack_bytes(temp));
  CHECK(stats.unneeded_bytes < 100);
}

TEST_CASE("changed files count what they were compressed against as theirs") {
  const test::TempStore temp;
  FakeTree before, after;
  before.file("db", noise(200'000));
  after.file("db", noise(100'000) + "changed" + noise(200'000).substr(100'000));
  capture_for(temp, "alice", before);
  capture_for(temp, "alice", after);
  const auto stats = stats_of(temp);
  CHECK(part(stats.groups, "alice").stored_bytes == stats.total.stored_bytes);
}

TEST_CASE(
    "of one user asked for, all that they need counts in the totals, and others' needs in what is freed") {
  const test::TempStore temp;
  FakeTree alice, bob;
  alice.file("shared", noise(300'000)).file("own", noise(100'000, 2));
  bob.file("shared", noise(300'000)).file("own", noise(50'000, 3));
  capture_for(temp, "bob", bob);
  capture_for(temp, "alice", alice);
  capture_for(temp, "alice", alice, noise(10'000, 4));
  capture_for(temp, "bob", bob);
  base::NoProgress progress;
  const auto stats = temp.open()->stats(
      [](const snapshot::Snapshot& s) { return s.metadata["user"] == "alice" ? s.id : std::string(); },
      progress);
  CHECK(stats.total.snapshots == 2);
  CHECK(stats.total.logical_bytes == 810'000);
  CHECK(is_near(stats.total.unique_bytes, 410'000));
  CHECK(is_near(part(stats.layers, "tree").unique_bytes, 400'000));
  CHECK(stats.groups.size() == 2);
  std::uint64_t alone = 0;
  for (const auto& group : stats.groups) alone += group.unique_bytes;
  CHECK(is_near(alone, 10'000));
  CHECK(stats.unneeded_bytes < 200);  // bob needs the rest
}

TEST_CASE("of a store that lost its index, nothing is told that could be wrong") {
  const test::TempStore temp;
  FakeTree tree;
  tree.file("a", noise(1'000));
  capture_for(temp, "alice", tree);
  for (const auto& table : std::filesystem::directory_iterator(temp.path() / "index"))
    std::filesystem::remove(table.path());
  CHECK(test::error_kind([&] { stats_of(temp); }) == base::ErrorKind::corrupt);
  base::NoProgress progress;
  temp.open()->collect(std::chrono::milliseconds(0), false, progress);
  CHECK(stats_of(temp).total.snapshots == 1);
}

TEST_CASE("a snapshot that is damaged is counted, and hides no other") {
  const test::TempStore temp;
  FakeTree tree;
  tree.file("a", noise(1'000));
  capture_for(temp, "alice", tree);
  capture_for(temp, "bob", tree);
  const auto id = temp.store->ids().front();
  test::flip_byte(test::manifest_of(temp.path(), id), 150);
  const auto stats = stats_of(temp);
  CHECK(stats.damaged == 1);
  CHECK(stats.total.snapshots == 1);
}
