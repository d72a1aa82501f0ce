#include "persona/diff.hpp"

#include "snapshot/image.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using namespace deskloom::test;

namespace {

persona::Profile profile_with(const std::string& theme) {
  persona::Profile profile;
  profile.user = "alice";
  profile.home = "/home/alice";
  profile.settings = {{"dconf:/org/desk/theme", theme}};
  return profile;
}

// A capture of a profile and a volume, and of no tree.
snapshot::Snapshot put(const TempStore& temp, const std::string& theme, const std::string& volume,
                       const snapshot::Snapshot* previous = nullptr) {
  base::NoProgress progress;
  const auto writer = temp.store->begin(progress);
  StringSource profile(to_json(profile_with(theme)).dump());
  writer->put_stream("profile", profile);
  write_file(temp.dir / "volume", volume);
  writer->put_image("volume", *snapshot::local_image(temp.dir / "volume"),
                    previous == nullptr ? nullptr : previous->layer("volume"));
  return writer->commit(base::Json::object(), base::Timestamp{});
}

}  // namespace

TEST_CASE("captures of a profile and a volume differ in settings and pages, and in no file") {
  const TempStore temp;
  const std::string volume = noise(200'000);
  const auto older = put(temp, "light", volume);
  const auto newer = put(temp, "dark", "changed" + volume.substr(7) + "grown", &older);
  const auto diff = persona::diff(*temp.store, older, newer);
  CHECK(diff.files.empty());
  REQUIRE(diff.settings.size() == 1);
  CHECK(diff.settings[0].before == "light");
  CHECK(diff.settings[0].after == "dark");
  REQUIRE(diff.layers.size() == 1);
  CHECK(diff.layers[0].name == "volume");
  CHECK(diff.layers[0].kind == "changed");
  CHECK(diff.layers[0].old_size_bytes == 200'000);
  CHECK(diff.layers[0].new_size_bytes == 200'005);
  CHECK(diff.layers[0].content.value().differing_pages == 2);
}

TEST_CASE("a layer that only one of two captures has was added or removed") {
  const TempStore temp;
  const auto both = put(temp, "light", noise(10'000));
  auto without = both;
  std::erase_if(without.layers, [](const snapshot::Layer& layer) { return layer.name == "volume"; });
  const auto removed = persona::diff(*temp.store, both, without).layers;
  REQUIRE(removed.size() == 1);
  CHECK(removed[0].kind == "removed");
  CHECK(removed[0].old_size_bytes == 10'000);
  const auto added = persona::diff(*temp.store, without, both).layers;
  REQUIRE(added.size() == 1);
  CHECK(added[0].kind == "added");
  CHECK(added[0].new_size_bytes == 10'000);
  CHECK_FALSE(added[0].content);
}
