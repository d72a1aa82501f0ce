// Prices of the moment in files that others write (SPEC C5).
#include "operation/spot_prices.hpp"

#include <fstream>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "operation/prices.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using operation::read_spot_prices;

namespace {

class SpotFile {
 public:
  explicit SpotFile(const std::string& text) { std::ofstream(path()) << text; }
  std::filesystem::path path() const { return dir_ / "spot"; }

 private:
  test::TempDir dir_;
};

std::string refusal_of(const std::string& text) {
  const SpotFile file(text);
  try {
    read_spot_prices(file.path());
  } catch (const base::Error& e) {
    const std::string what = e.what();
    return what.starts_with(file.path().string()) ? what.substr(file.path().string().size()) : what;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("C5: spot prices are read from CSV and from JSON alike") {
  const std::string text = GENERATE(
      std::string("host,eviction_per_hour,factor,until,note\na,0.05,0.3,2026-11-25T00:00:00Z,x\nb,,,,\n"),
      std::string(
          R"([{"host": "a", "factor": 0.3, "eviction_per_hour": 0.05, "until": "2026-11-25T00:00:00Z"},
                      {"host": "b", "price": null, "zone": "west"}])"));
  const SpotFile file(text);
  const auto prices = read_spot_prices(file.path());
  REQUIRE(prices.size() == 2);
  CHECK(prices[0].host == "a");
  CHECK(prices[0].factor == 0.3);
  CHECK(prices[0].evictions_per_hour == 0.05);
  CHECK(prices[0].until == base::parse_rfc3339("2026-11-25T00:00:00.000Z"));
  CHECK(prices[1].factor == 1);
  CHECK_FALSE(prices[1].per_host);
  CHECK_FALSE(prices[1].until);
}

TEST_CASE("C5: what is no file of spot prices is refused at its place") {
  CHECK(refusal_of("host,factor\na,cheap\n") ==
        ":2: 'factor' must be a number from 0 to 1000000000, not 'cheap'");
  CHECK(refusal_of("host,price\na,-1\n") == ":2: 'price' must be a number from 0 to 1000000000, not '-1'");
  CHECK(refusal_of("host,price\na,nan\n") == ":2: 'price' must be a number from 0 to 1000000000, not 'nan'");
  CHECK(refusal_of("host,eviction_per_hour\na,1.5\n") ==
        ":2: 'eviction_per_hour' must be a number from 0 to 1, not '1.5'");
  CHECK(refusal_of("host\n../a\n") == ":2: 'host' must be the name of a host, not '../a'");
  CHECK(refusal_of("host\na\na\n") == ":3: host 'a' stands there twice");
  CHECK(refusal_of("[{\"factor\": 1}]") == ": /0: 'host' must be the name of a host, not ''");
  CHECK(refusal_of("[3]") == ": /0: must be an object");
  CHECK_THAT(refusal_of("[{\"host\": "), test::Contains("JSON"));
  CHECK_THAT(refusal_of("price\n3\n"), test::StartsWith(": ") && test::Contains("host"));
  CHECK_THAT(refusal_of("host,until\na,soon\n"), test::StartsWith(":2: 'until': "));
}

TEST_CASE("C5: a file that is old or missing counts as not there, and that is said") {
  const SpotFile file("host,factor,eviction_per_hour\na,0.5,0.1\n");
  policy::Policy policy;
  policy.time_zone = "UTC";
  policy.spot = {file.path(), 30};
  policy.prices["all"].cpu_hour = 2;
  const auto changed = base::modified_at(file.path()).value();
  std::vector<std::string> notes;
  const auto price_at = [&](std::chrono::minutes age) {
    return operation::price_list(policy, changed + age, notes).per_hour("a", {}, 0, changed + age);
  };
  CHECK(price_at(std::chrono::minutes(30)) == 1);
  CHECK(notes.empty());
  CHECK(price_at(std::chrono::minutes(31)) == 2);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], test::Contains("31 minutes old, above max_age_minutes 30: list prices hold"));
  policy.spot.file = file.path().string() + "-missing";
  CHECK(price_at(std::chrono::minutes(1)) == 2);
  CHECK_THAT(notes.back(), test::StartsWith("no file of spot prices at "));
}
