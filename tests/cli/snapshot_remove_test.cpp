#include "captures.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

struct TwoCaptures {
  Deployment deployment;
  domain::SnapshotRecord first = capture("first"), second = capture("second");

  domain::SnapshotRecord capture(const std::string& text) const {
    test::FakeTree tree;
    tree.file("notes.txt", text);
    return put_capture(deployment, test::profile_of("alice"), tree);
  }
  std::size_t listed() const { return deployment.json({"snapshot", "list"}).json["snapshots"].size(); }
};

}  // namespace

TEST_CASE("snapshot remove takes away those that are named, once each, and nothing else") {
  const TwoCaptures two;
  const auto said = two.deployment.json({"snapshot", "remove", two.first.id, two.first.id.substr(0, 8)});
  CHECK(said.code == 0);
  REQUIRE(said.json["snapshots"].size() == 1);
  CHECK(said.json["snapshots"][0]["user"] == "alice");
  CHECK(two.listed() == 1);
  CHECK(two.deployment.json({"snapshot", "show", two.first.id}).code == 17);
  CHECK(two.deployment.json({"snapshot", "verify", "--full"}).json["snapshots"] == 1);
}

TEST_CASE("snapshot remove takes away nothing when one of those named is not there") {
  const TwoCaptures two;
  const auto said = two.deployment.json({"snapshot", "remove", two.first.id, "0000"});
  CHECK(said.code == 17);
  CHECK(two.listed() == 2);
}

TEST_CASE("snapshot remove refuses what an instance holds, and says which") {
  const TwoCaptures two;
  const auto store = two.deployment.state();
  test::add_instance(store, "default-1", domain::InstanceState::connected, "alice");
  store.instances.set_snapshot("default-1", two.first.id);
  const auto said = two.deployment.json({"snapshot", "remove", two.second.id, two.first.id});
  CHECK(said.code == 11);
  CHECK_THAT(said.json["error"]["message"].get<std::string>(), test::Contains("instance default-1 holds"));
  CHECK(two.listed() == 2);
}

TEST_CASE("a damaged manifest that no record names is removed by its full id") {
  const TwoCaptures two;
  two.deployment.state().snapshots.remove(two.first.id);
  const auto manifest = test::manifest_of(two.deployment.snapshot_store(), two.first.id);
  test::flip_byte(manifest, 150);
  CHECK(two.deployment.json({"snapshot", "remove", two.first.id.substr(0, 8)}).code == 17);
  const auto said = two.deployment.json({"snapshot", "remove", two.first.id});
  CHECK(said.code == 0);
  CHECK(said.json["snapshots"][0]["user"].is_null());
  CHECK_FALSE(std::filesystem::exists(manifest));
  CHECK(two.deployment.json({"snapshot", "gc"}).code == 0);
}
