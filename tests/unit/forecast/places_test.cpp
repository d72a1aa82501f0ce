// Where users will be, in the forecast tables (SPEC D3, D5).
#include "forecast/places.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::forecast;
using namespace deskloom::test;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

const std::string office = "00000000000000a1", home = "fedcba9876543210";

PlaceMap some_map() { return {{office, home}, {{0.75F, 0.2F}, {0, 1}, {0, 0}}}; }

void put(Store& store, const std::vector<std::string>& users, const HourlyOf& of) {
  PlaceWriter writer(store);
  for (const std::string& user : users) writer.add(user, pack_places(some_map()));
  writer.finish(of);
}

}  // namespace

TEST_CASE("maps of places are kept as they were, and replaced as a whole") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  CHECK_FALSE(newest_places(store));
  put(store, {"ann", "bob"}, {400'000, 3, "m"});
  const auto map = places_of(store, "ann");
  REQUIRE(map);
  CHECK(map->places == some_map().places);
  REQUIRE(map->hours.size() == 3);
  CHECK(map->hours[0][0] == Approx(0.75).epsilon(0.001));
  CHECK(map->elsewhere(0) == Approx(0.05).epsilon(0.01));
  CHECK(map->elsewhere(1) == 0);
  CHECK(map->elsewhere(2) == 1);
  put(store, {"bob"}, {400'001, 3, {}});
  CHECK_FALSE(places_of(store, "ann"));
  CHECK(newest_places(store) == HourlyOf{400'001, 3, {}});
}

TEST_CASE("of who is no longer among the users, nothing stays, not in the file either") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  put(store, {"ann", "user-who-withdraws"}, {400'000, 3, {}});
  keep_places_of(store, {"ann"});
  CHECK(places_of(store, "ann"));
  CHECK_FALSE(places_of(store, "user-who-withdraws"));
  store.db().execute("PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(base::read_file(dir / "forecast.sqlite", 1 << 24).find("withdraws") == std::string::npos);
}

TEST_CASE("what is no map of places is refused") {
  PlaceMap twice = some_map();
  twice.places[1] = office;
  PlaceMap too_sure = some_map();
  too_sure.hours[0] = {0.9F, 0.2F};
  const std::string whole = pack_places(some_map());
  for (const std::string& bytes : {pack_places(twice), pack_places(too_sure), std::string(),
                                   "\2" + whole.substr(1), whole.substr(0, whole.size() - 1), whole + '\0'})
    CHECK_THROWS_AS(unpack_places(std::as_bytes(std::span(bytes))), base::Error);
  CHECK(is_place_token(office));
  for (const char* other : {"", "office", "00000000000000A1", "00000000000000a1 ", "/home/anna/12345"})
    CHECK_FALSE(is_place_token(other));
}
