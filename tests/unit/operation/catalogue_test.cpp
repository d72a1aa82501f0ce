#include "operation/catalogue.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;

namespace {

// The same snapshots, once known to a state store and once to their manifests alone.
struct Catalogues {
  Catalogues() {
    state::Store::init(dir / "state.sqlite");
    state = std::make_unique<state::Store>(dir / "state.sqlite", state::Store::Access::write);
    const auto open = [this]() -> snapshot::Store& { return *snapshots.store; };
    recorded = operation::recorded_catalogue(*state, open);
    by_manifest = operation::manifest_catalogue(open);
  }

  // Not recorded yet.
  snapshot::Snapshot commit(const std::string& user, std::int64_t at_s) {
    base::NoProgress progress;
    const auto writer = snapshots.store->begin(progress);
    test::StringSource profile("of " + user);
    writer->put_stream("profile", profile);
    return writer->commit({{"user", user}, {"skipped", {1, 2}}}, base::from_ns(at_s * 1'000'000'000));
  }
  std::string capture(const std::string& user, std::int64_t at_s) {
    const auto snapshot = commit(user, at_s);
    recorded->add(operation::record_of(snapshot));
    return snapshot.id;
  }
  // As if nothing had changed for a while.
  void settle() const {
    namespace fs = std::filesystem;
    for (const auto& folder : fs::directory_iterator(snapshots.path() / "snapshots"))
      fs::last_write_time(folder, fs::last_write_time(folder) - std::chrono::seconds(10));
  }

  std::vector<const operation::Catalogue*> both() const { return {recorded.get(), by_manifest.get()}; }

  test::TempDir dir;
  test::TempStore snapshots;
  std::unique_ptr<state::Store> state;
  std::unique_ptr<operation::Catalogue> recorded, by_manifest;
};

}  // namespace

TEST_CASE("a snapshot is named by \"latest\", its id, or the beginning of it, in any store") {
  Catalogues catalogues;
  const auto first = catalogues.capture("alice", 1);
  const auto second = catalogues.capture("bob", 2);
  for (const auto* catalogue : catalogues.both()) {
    CHECK(catalogue->resolve("latest", std::nullopt).id == second);
    CHECK(catalogue->resolve("latest", "alice").id == first);
    CHECK(catalogue->resolve(first, std::nullopt).id == first);
    CHECK(catalogue->resolve(first.substr(0, 6), "alice").skipped == 2);
    const auto refusal = [&](const std::string& text, const std::optional<std::string>& user = std::nullopt) {
      return test::error_kind([&] { catalogue->resolve(text, user); });
    };
    CHECK(refusal(first.substr(0, 3)) == base::ErrorKind::usage);
    CHECK(refusal("zzzz") == base::ErrorKind::not_found);
    CHECK(refusal(first, "bob") == base::ErrorKind::not_found);
    CHECK(refusal("latest", "carol") == base::ErrorKind::not_found);
  }
}

TEST_CASE("the beginning of several ids is refused, unless it is one of them") {
  class Fixed : public operation::Catalogue {
   public:
    std::vector<domain::SnapshotRecord> list(const std::optional<std::string>&, int) const override {
      return {};
    }
    std::vector<Dated> dates(const std::optional<std::string>&) const override { return {}; }
    void at_once(const std::function<void()>& work) const override { work(); }
    std::vector<domain::SnapshotRecord> beginning_with(const std::string&,
                                                       const std::optional<std::string>&) const override {
      domain::SnapshotRecord first, second;
      first.id = "abcd";
      second.id = "abcd1111";
      return {first, second};
    }
    std::optional<domain::SnapshotRecord> latest(const std::string&) const override { return std::nullopt; }
    void add(const domain::SnapshotRecord&) const override {}
    void forget(const std::string&) const override {}
    std::map<std::string, std::string> holders() const override { return {}; }
    std::unique_ptr<state::LeaseGuard> lease(const std::string&, const std::string&,
                                             std::chrono::milliseconds, const OnWait&) const override {
      return nullptr;
    }
  };
  CHECK(Fixed().resolve("abcd", std::nullopt).id == "abcd");
  CHECK(test::error_kind([] { Fixed().resolve("abcd1", std::nullopt); }) == base::ErrorKind::usage);
}

TEST_CASE("snapshots are listed newest first, in any store") {
  Catalogues catalogues;
  const auto first = catalogues.capture("alice", 1);
  catalogues.capture("bob", 3);
  const auto second = catalogues.capture("alice", 2);
  for (const auto* catalogue : catalogues.both()) {
    const auto listed = catalogue->list("alice", 9);
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].id == second);
    CHECK(listed[1].id == first);
    CHECK(catalogue->list(std::nullopt, 2).size() == 2);
    CHECK(catalogue->latest("alice")->id == second);
    CHECK_FALSE(catalogue->latest("carol"));
  }
}

TEST_CASE("a damaged manifest hides no other snapshot") {
  Catalogues catalogues;
  const auto whole = catalogues.capture("alice", 1);
  const auto damaged = catalogues.capture("alice", 2);
  test::flip_byte(test::manifest_of(catalogues.snapshots.path(), damaged), 150);
  CHECK(catalogues.by_manifest->latest("alice")->id == whole);
  CHECK(catalogues.by_manifest->list("alice", 9).size() == 1);
}

TEST_CASE("a capture that was killed before it was recorded is found by the next") {
  Catalogues catalogues;
  const auto id = catalogues.capture("alice", 1);
  catalogues.recorded->forget(id);
  const auto damaged = catalogues.capture("alice", 2);
  catalogues.recorded->forget(damaged);
  test::flip_byte(test::manifest_of(catalogues.snapshots.path(), damaged), 150);
  CHECK(catalogues.recorded->latest("alice")->id == id);
}

TEST_CASE("what was committed by others, or by a killed capture, is found though most folders are known") {
  Catalogues catalogues;
  for (int i = 0; i < 40; ++i) catalogues.capture("user-" + std::to_string(i), i);
  catalogues.settle();
  catalogues.recorded->latest("user-1");
  REQUIRE(catalogues.state->snapshots.known_folders().size() > 8);
  const auto orphan = catalogues.commit("alice", 50).id;
  CHECK(catalogues.recorded->latest("alice")->id == orphan);
  catalogues.settle();
  catalogues.recorded->latest("alice");
  catalogues.recorded->forget(orphan);
  CHECK(catalogues.recorded->latest("alice")->id == orphan);
}

TEST_CASE("a folder that has just changed is looked into again") {
  Catalogues catalogues;
  for (int i = 0; i < 20; ++i) catalogues.capture("user-" + std::to_string(i), i);
  catalogues.recorded->latest("user-1");
  CHECK(catalogues.state->snapshots.known_folders().empty());
}

TEST_CASE("only what the state store knows can be held, or under work") {
  Catalogues catalogues;
  const auto lease = [](const operation::Catalogue& catalogue) {
    return catalogue.lease("alice", "test", std::chrono::milliseconds(0), {});
  };
  const auto held = lease(*catalogues.recorded);
  CHECK(test::error_kind([&] { lease(*catalogues.recorded); }) == base::ErrorKind::locked);
  CHECK(lease(*catalogues.by_manifest) == nullptr);
}
