// SPEC A8: volumes that are read out of the snapshot store. The host is a fake.
#include "operation/volumes.hpp"

#include "base/error.hpp"
#include "operation/catalogue.hpp"
#include "operation/power.hpp"
#include "operation/provision.hpp"
#include "persona/profile.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"
#include "unit/snapshot/image_builders.hpp"

using namespace deskloom;
using domain::InstanceState;
using domain::Power;
using test::TempWorld;

namespace {

constexpr std::size_t page = 4096;

struct Office {
  test::TempDir dir;
  TempWorld temp{dir.path()};
  operation::World& world = temp.world();
  std::vector<snapshot::Snapshot> captures;

  // bytes: of the volume; empty: a capture without one. open: by its user.
  std::string capture(const std::string& bytes, const std::vector<std::string>& open = {}) {
    base::NoProgress progress;
    const auto writer = world.snapshots().begin(progress);
    test::FakeImage image(bytes);
    if (!bytes.empty()) writer->put_image("volume", image, last_volume());
    persona::Profile held;
    held.user = "ann";
    for (const std::string& file : open) held.processes.emplace_back().open_files = {{file, false}};
    test::StringSource profile(to_json(held).dump());
    writer->put_stream("profile", profile);
    captures.push_back(writer->commit({{"user", "ann"}}, base::from_ns(std::int64_t(captures.size()) + 1)));
    domain::SnapshotRecord record;
    record.id = captures.back().id;
    record.user = "ann";
    record.created_at = captures.back().created_at;
    record.layers = {"profile"};
    if (!bytes.empty()) record.layers.push_back("volume");
    world.state.users.ensure("ann", record.created_at);
    world.state.snapshots.put(record);
    return record.id;
  }

  // Ann's, with the volume attached.
  domain::Instance attached(const std::string& snapshot) {
    const auto name = operation::provision(world, temp.pool(), "local", "test");
    world.state.users.ensure("ann", world.clock.now());
    world.state.instances.reserve(name, "ann", "test", std::nullopt, world.clock.now());
    operation::attach_volume(world, world.state.instances.get(name), snapshot);
    return world.state.instances.get(name);
  }

  std::vector<operation::Localised> localise(const std::optional<std::string>& name = std::nullopt) {
    return operation::localise(world, name, [] { return false; });
  }
  std::map<std::string, std::string> holders() const {
    return operation::recorded_catalogue(world.state, world.snapshots)->holders();
  }

 private:
  const snapshot::Layer* last_volume() const {
    const snapshot::Layer* last = nullptr;
    for (const auto& capture : captures) last = capture.layer("volume") ? capture.layer("volume") : last;
    return last;
  }
};

}  // namespace

TEST_CASE("A8: what was open at the last three captures is known, the newest first, each file once") {
  Office office;
  office.capture("", {"/home/ann/oldest"});
  office.capture("", {"/home/ann/film"});
  office.capture("", {"/home/ann/plan", "/home/ann/film"});
  const auto used = office.capture("", {"/home/ann/photo"});
  office.capture("", {"/home/ann/newer"});
  CHECK(operation::open_lately(office.world, "ann", used) ==
        std::vector<std::string>{"/home/ann/photo", "/home/ann/plan", "/home/ann/film"});
}

TEST_CASE("A8: a snapshot stays as long as an instance reads its volume") {
  Office office;
  const auto snapshot = office.capture(test::noise(40 * page));
  const auto instance = office.attached(snapshot);
  CHECK(office.temp.fleet().volume_of(instance.name) == "served");
  CHECK(office.world.state.volumes.of(instance.name)->size_bytes == 40 * page);
  CHECK(office.holders().at(snapshot) == "the volume of instance " + instance.name);

  REQUIRE(office.localise().size() == 1);
  CHECK(office.temp.fleet().volume_of(instance.name) == "copying");
  CHECK(office.holders().contains(snapshot));
  office.temp.fleet().finish_copy(instance.name);
  CHECK(office.localise("ann").front().locality.is_local);
  CHECK_FALSE(office.holders().contains(snapshot));
  CHECK(office.world.state.volumes.of(instance.name)->local_at.has_value());
  CHECK(office.localise().empty());
}

TEST_CASE("A8: localise waits as long as it is told to, and is about one user, or one instance") {
  Office office;
  const auto instance = office.attached(office.capture(test::noise(page)));
  int looked = 0;
  const auto done = operation::localise(office.world, instance.name, [&] {
    if (++looked == 3) office.temp.fleet().finish_copy(instance.name);
    return true;
  });
  CHECK(looked == 3);
  CHECK(done.front().locality.is_local);
  CHECK(office.localise("ann").empty());
  CHECK(test::error_kind([&] { office.localise("nobody"); }) == base::ErrorKind::not_found);
}

TEST_CASE("A8: what cannot be done for one volume is said, and the others go on") {
  Office office;
  const auto snapshot = office.capture(test::noise(page));
  const auto lost = office.attached(snapshot);
  office.temp.fleet().lose(lost.name);
  const auto localised = office.localise();
  REQUIRE(localised.size() == 1);
  CHECK_THAT(localised.front().error, test::Contains(lost.name));
  CHECK_FALSE(office.world.state.volumes.of(lost.name)->local_at.has_value());
}

TEST_CASE("A8: an instance is not saved to disk while it reads from the store") {
  Office office;
  const auto instance = office.attached(office.capture(test::noise(page)));
  operation::rest(office.world, instance, Power::saved);
  CHECK(office.world.state.instances.get(instance.name).power == Power::paused);
  operation::wake(office.world, office.world.state.instances.get(instance.name));
  office.temp.fleet().finish_copy(instance.name);
  office.localise();
  operation::rest(office.world, office.world.state.instances.get(instance.name), Power::saved);
  CHECK(office.world.state.instances.get(instance.name).power == Power::saved);
}

TEST_CASE("A8: a snapshot without a volume gets the newest one that was captured") {
  Office office;
  const auto plain = office.capture("");
  CHECK_FALSE(operation::volume_for(office.world, "ann", plain));
  office.capture(test::noise(page));
  const auto second = office.capture(test::noise(page, 2));
  const auto last = office.capture("");
  CHECK(operation::volume_for(office.world, "ann", last) == second);
  CHECK(operation::volume_for(office.world, "ann", second) == second);
  CHECK(test::error_kind([&] { office.attached(last); }) == base::ErrorKind::usage);
}

TEST_CASE("A8: what the last sessions wrote comes first, the newest before the older, up to a limit") {
  Office office;
  std::string bytes = test::noise(300 * page);
  office.capture(bytes);
  bytes.replace(200 * page, 4, "old!");
  office.capture(bytes);
  office.capture("");
  bytes.replace(7 * page, 2 * page, test::noise(2 * page, 9));
  const auto newest = office.capture(bytes);
  const auto all = operation::written_lately(office.world, "ann", newest, 100 * page);
  REQUIRE(all.size() == 2);
  CHECK(all[0].offset == 7 * page);
  CHECK(all[0].length == 2 * page);
  CHECK(all[1].offset == 200 * page);
  const auto some = operation::written_lately(office.world, "ann", newest, page);
  REQUIRE(some.size() == 1);
  CHECK(some[0].length == page);
  CHECK(operation::written_lately(office.world, "ann", office.captures.front().id, page).empty());
}
