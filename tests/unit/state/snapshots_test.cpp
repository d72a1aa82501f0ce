#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using test::at;

namespace {

domain::SnapshotRecord record(const std::string& id, const std::string& user, std::int64_t seconds) {
  return {.id = id,
          .user = user,
          .instance = "a",
          .host = "local",
          .created_at = at(seconds),
          .layers = {"profile", "tree"},
          .files = 3,
          .size_bytes = 1ULL << 40,
          .read_bytes = 5,
          .added_bytes = 4,
          .elapsed_ms = 12,
          .skipped = 1};
}

}  // namespace

TEST_CASE("a snapshot's record reads back, and putting it again changes nothing") {
  const test::TempStore temp;
  temp.store.snapshots.put(record("0123456789", "alice", 1));
  temp.store.snapshots.put(record("0123456789", "alice", 1));
  const auto found = temp.store.snapshots.find("0123456789");
  REQUIRE(found);
  CHECK(found->layers == std::vector<std::string>{"profile", "tree"});
  CHECK(found->size_bytes == 1ULL << 40);
  CHECK(found->skipped == 1);
  CHECK(temp.store.snapshots.count() == 1);
}

TEST_CASE("snapshots are listed newest first, of one user or of all") {
  const test::TempStore temp;
  temp.store.snapshots.put(record("aaaa1", "alice", 1));
  temp.store.snapshots.put(record("bbbb1", "bob", 3));
  temp.store.snapshots.put(record("aaaa2", "alice", 2));
  CHECK(temp.store.snapshots.list(std::nullopt, 2).at(0).id == "bbbb1");
  CHECK(temp.store.snapshots.list(std::nullopt, 2).size() == 2);
  CHECK(temp.store.snapshots.list("alice", 9).at(0).id == "aaaa2");
  CHECK(temp.store.snapshots.latest("alice")->id == "aaaa2");
  CHECK_FALSE(temp.store.snapshots.latest("carol"));
}

TEST_CASE("snapshots are found by the beginning of their ids, and nothing in it is a pattern") {
  const test::TempStore temp;
  for (const auto& id : {"abcd1111", "abcd1222", "abcd1333", "abcd", "bcde"})
    temp.store.snapshots.put(record(id, id == std::string("bcde") ? "bob" : "alice", 1));
  const auto found = [&](const std::string& prefix, const std::optional<std::string>& user = std::nullopt) {
    std::vector<std::string> ids;
    for (const auto& r : temp.store.snapshots.beginning_with(prefix, user)) ids.push_back(r.id);
    return ids;
  };
  CHECK(found("abcd") == std::vector<std::string>{"abcd", "abcd1111"});
  CHECK(found("abcd13") == std::vector<std::string>{"abcd1333"});
  CHECK(found("bcde", "bob") == std::vector<std::string>{"bcde"});
  CHECK(found("bcde", "alice").empty());
  CHECK(found("a%_*").empty());
}

TEST_CASE("the count follows as snapshots come and go") {
  const test::TempStore temp;
  for (int i = 0; i < 5; ++i) temp.store.snapshots.put(record("id-" + std::to_string(i), "alice", i));
  temp.store.snapshots.put(record("id-b", "bob", 9));
  CHECK(temp.store.snapshots.count() == 6);
  temp.store.db().execute("DELETE FROM snapshots WHERE user = 'alice' AND created_at > 0");
  CHECK(temp.store.snapshots.count() == 2);
}
