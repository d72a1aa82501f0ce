// What collections remember of what snapshots need: it saves them work, and is never believed against the
// store.
#include "snapshot/need_count.hpp"

#include <random>

#include "base/fd.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace fs = std::filesystem;

namespace {

// Homes that are captured, pruned and collected.
struct Site {
  TempStore temp;
  std::mt19937 random{7};
  std::vector<std::pair<std::string, std::string>> kept;  // snapshots, and what is in their file "f"
  std::optional<Layer> last;

  fs::path file() const { return temp.path() / "needs.sqlite"; }

  void capture_one() {
    std::string data = noise(40'000, random() % 4);
    for (int i = 0; i < 3; ++i) data[random() % data.size()] ^= 1;
    FakeTree tree;
    tree.file("f", data).file("same", noise(30'000, 77)).file("seldom", noise(9'000, random() % 3));
    for (Node& node : tree.nodes) node.mtime_ns += static_cast<std::int64_t>(random() % 1000) * 1000;
    const auto captured = capture(*temp.open(), tree, last ? &*last : nullptr);
    last = captured.tree();
    kept.emplace_back(captured.snapshot.id, data);
  }
  void remove_one() {
    const auto victim = kept.begin() + static_cast<std::ptrdiff_t>(random() % kept.size());
    temp.open()->remove(victim->first);
    kept.erase(victim);
  }
  CollectReport collect(bool dry_run = false) const {
    base::NoProgress progress;
    return temp.open()->collect(std::chrono::milliseconds(0), dry_run, progress);
  }
  // A day: many captures, some go, a collection.
  void work(int captures = 6, int removals = 4) {
    for (int i = 0; i < captures; ++i) capture_one();
    for (int i = 0; i < removals; ++i) remove_one();
    collect();
  }

  // The bytes that are needed of each pack, by what is in a file, or, without one, counted anew.
  std::map<std::string, std::uint64_t> needs(const fs::path& counted) const {
    ChunkStore chunks(open_root(temp.path()));
    const auto store = temp.open();
    NeedCount needs(chunks, counted, [&](const std::string& id) { return store->get(id); });
    needs.update(temp.path() / "snapshots", store->folders(), {});
    std::map<std::string, std::uint64_t> bytes;
    for (const auto& [pack, need] : needs.packs()) bytes[pack] = need.held_bytes;
    return bytes;
  }
  void check_whole() const {
    base::NoProgress progress;
    const auto store = temp.open();
    CHECK(store->verify(true, progress).problems.empty());
    for (const auto& [id, data] : kept)
      CHECK(read_all(*store->open_file(*store->get(id).layer("tree"), "f")) == data);
  }
  // After what was done to the file, collections lose nothing and free what there is to free.
  void check_recovers() {
    work();
    check_whole();
    CHECK(needs(file()) == needs({}));
    while (!kept.empty()) remove_one();
    collect();
    CHECK(temp.packs().empty());
  }
};

// But for the headers of the packs that are written.
bool is_near(std::uint64_t a, std::uint64_t b) { return std::max(a, b) - std::min(a, b) < 64; }

}  // namespace

TEST_CASE("what is kept up from collection to collection is what counting anew gives") {
  Site site;
  for (int day = 0; day < 8; ++day) {
    site.work();
    CHECK(site.needs(site.file()) == site.needs({}));
  }
  site.check_whole();
  site.check_recovers();
}

TEST_CASE("a collection looks at no snapshot that it knows") {
  Site site;
  site.work();
  site.work(3, 0);
  const fs::path manifest = manifest_of(site.temp.path(), site.kept.front().first);
  flip_byte(manifest, 150);
  site.temp.open()->remove(site.kept.back().first);
  site.kept.pop_back();
  site.capture_one();
  CHECK_NOTHROW(site.collect());
  flip_byte(manifest, 150);
  site.check_whole();
}

TEST_CASE("what collections remember may be lost") {
  Site site;
  site.work();
  fs::remove(site.file());
  site.check_recovers();
}

TEST_CASE("what collections remember may be of an earlier day") {
  Site site;
  site.work();
  const fs::path copy = site.temp.dir / "copy";
  fs::copy_file(site.file(), copy);
  for (int days = 1; days < 4; ++days) {
    site.work();
    fs::copy_file(copy, site.file(), fs::copy_options::overwrite_existing);
    site.work();
    site.check_whole();
    CHECK(site.needs(site.file()) == site.needs({}));
  }
  site.check_recovers();
}

TEST_CASE("what collections remember may be of another store, or of another version") {
  Site site, other;
  site.work();
  other.random.seed(8);
  other.work();
  SECTION("another store's") {
    fs::copy_file(other.file(), site.file(), fs::copy_options::overwrite_existing);
  }
  SECTION("a newer version's") {
    base::Database(site.file(), base::Database::Mode::read_write).execute("PRAGMA user_version = 99");
  }
  SECTION("no database") { write_file(site.file(), "what is this"); }
  SECTION("empty") { write_file(site.file(), ""); }
  site.check_recovers();
}

TEST_CASE("what collections remember is counted anew when it is a copy or a month old") {
  Site site;
  site.work();
  const auto made = [&] {
    base::Database db(site.file(), base::Database::Mode::read_only);
    auto row = db.prepare("SELECT at FROM made");
    REQUIRE(row.step());
    return row.integer(0);
  };
  const auto first = made();
  site.work();
  CHECK(made() == first);
  SECTION("a copy") {
    fs::copy_file(site.file(), site.temp.dir / "copy");
    fs::rename(site.temp.dir / "copy", site.file());
  }
  SECTION("a month old") {
    const auto past = first - std::chrono::nanoseconds(std::chrono::hours(31 * 24)).count();
    base::Database(site.file(), base::Database::Mode::read_write)
        .execute("UPDATE made SET at = " + std::to_string(past));
  }
  site.work();
  CHECK(made() > first);
  site.check_whole();
}

TEST_CASE("what collections remember may be damaged anywhere") {
  Site site;
  site.work();
  const std::string good = read_text(site.file());
  for (int i = 0; i < 60; ++i) {
    std::string bad = good;
    bad[site.random() % bad.size()] ^= static_cast<char>(1U << site.random() % 8);
    write_file(site.file(), bad);
    site.work(2, 2);
    site.check_whole();
    fs::remove(site.file());
    site.collect();
  }
}

TEST_CASE("a dry run remembers nothing and says what a collection then does") {
  Site site;
  for (int i = 0; i < 6; ++i) site.capture_one();
  for (int i = 0; i < 4; ++i) site.remove_one();
  const auto planned = site.collect(true);
  CHECK_FALSE(fs::exists(site.file()));
  CHECK(is_near(site.collect().freed_bytes, planned.freed_bytes));
  for (int i = 0; i < 2; ++i) site.remove_one();
  const std::string before = read_text(site.file());
  const auto planned_again = site.collect(true);
  CHECK(read_text(site.file()) == before);
  CHECK(is_near(site.collect().freed_bytes, planned_again.freed_bytes));
}
