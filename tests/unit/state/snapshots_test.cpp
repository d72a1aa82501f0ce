#include "base/error.hpp"
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

base::ErrorKind refusal(const state::Snapshots& snapshots, const std::string& text,
                        const std::optional<std::string>& user = std::nullopt) {
  try {
    snapshots.resolve(text, user);
  } catch (const base::Error& e) {
    return e.kind();
  }
  FAIL("resolved " << text);
  return {};
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

TEST_CASE("a snapshot is named by \"latest\", its id, or the beginning of it") {
  const test::TempStore temp;
  temp.store.snapshots.put(record("abcd1111", "alice", 1));
  temp.store.snapshots.put(record("abcd2222", "bob", 2));
  temp.store.snapshots.put(record("abcd", "bob", 3));
  const auto& snapshots = temp.store.snapshots;
  CHECK(snapshots.resolve("latest", std::nullopt).id == "abcd");
  CHECK(snapshots.resolve("latest", "alice").id == "abcd1111");
  CHECK(snapshots.resolve("abcd1", std::nullopt).id == "abcd1111");
  CHECK(snapshots.resolve("abcd", "alice").id == "abcd1111");
  CHECK(snapshots.resolve("abcd", std::nullopt).id == "abcd");
  CHECK(refusal(snapshots, "abc") == base::ErrorKind::usage);
  CHECK(refusal(snapshots, "abce") == base::ErrorKind::not_found);
  CHECK(refusal(snapshots, "abcd1", "bob") == base::ErrorKind::not_found);
  CHECK(refusal(snapshots, "latest", "carol") == base::ErrorKind::not_found);
  temp.store.snapshots.put(record("abcd1222", "alice", 1));
  CHECK(refusal(snapshots, "abcd1") == base::ErrorKind::usage);
  CHECK(refusal(snapshots, "a%_*") == base::ErrorKind::not_found);
}

TEST_CASE("the count follows as snapshots come and go") {
  const test::TempStore temp;
  for (int i = 0; i < 5; ++i) temp.store.snapshots.put(record("id-" + std::to_string(i), "alice", i));
  temp.store.snapshots.put(record("id-b", "bob", 9));
  CHECK(temp.store.snapshots.count() == 6);
  temp.store.db().execute("DELETE FROM snapshots WHERE user = 'alice' AND created_at > 0");
  CHECK(temp.store.snapshots.count() == 2);
}
