#include "plan/pool_plan_json.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using base::Json;

namespace {

plan::PoolPlan example() {
  return {.pool = "office",
          .generation = 12,
          .made_at = base::from_ns(1'700'000'000'125'000'000),
          .target = {3, "floor 3"},
          .actions = {{plan::ActionKind::reclaim, "tiny-3f", "it failed and cannot serve"},
                      {plan::ActionKind::provision, std::nullopt, "1 warm and 1 coming, 3 wanted"}},
          .reasons = {"2 more wanted, but max 3 leaves room for 1"}};
}

// The error with which the example is refused after the value at pointer was replaced, or removed.
base::Error refusal(const std::string& pointer, const std::optional<Json>& value) {
  Json json = plan::to_json(example());
  const Json::json_pointer place(pointer);
  if (value) {
    json[place] = *value;
  } else {
    json[place.parent_pointer()].erase(place.back());
  }
  try {
    plan::plan_from_json(json, "p.json");
  } catch (const base::Error& e) {
    return e;
  }
  FAIL("accepted " << json.dump());
  return {base::ErrorKind::failed, ""};
}

}  // namespace

TEST_CASE("a plan reads back as it was written") {
  const auto text = plan::to_json(example()).dump(2);
  CHECK(plan::plan_from_json(base::parse_json(text, "p.json"), "p.json") == example());
}

TEST_CASE("what is not a plan in every member is refused at its place") {
  struct Case {
    std::string pointer;
    std::optional<Json> value;
    std::string message;
  };
  const auto c = GENERATE(
      Case{"/pool", std::nullopt, "p.json: /: member 'pool' is missing"},
      Case{"/pool", "../x", "p.json: /pool: must be a name"},
      Case{"/polo", 1, "p.json: /: unknown member 'polo'"},
      Case{"/version", 0, "p.json: /version: must be 1"},
      Case{"/generation", -1, "p.json: /generation: must be an integer from 0 to 9223372036854775807"},
      Case{"/generation", 1.5, "p.json: /generation: must be an integer from 0 to 9223372036854775807"},
      Case{"/generation", UINT64_MAX,
           "p.json: /generation: must be an integer from 0 to 9223372036854775807"},
      Case{"/target/warm", "3", "p.json: /target/warm: must be an integer from 0 to 2147483647"},
      Case{"/target", 3, "p.json: /target: must be an object"},
      Case{"/actions", 3, "p.json: /actions: must be an array of at most 100000"},
      Case{"/actions/0/kind", "destroy", "p.json: /actions/0/kind: unknown action 'destroy'"},
      Case{"/actions/0/instance", nullptr, "p.json: /actions/0/instance: must name what to reclaim"},
      Case{"/actions/0/instance", "a/b", "p.json: /actions/0/instance: must be a name"},
      Case{"/actions/1/instance", "x", "p.json: /actions/1/instance: must be null"},
      Case{"/actions/1/force", true, "p.json: /actions/1: unknown member 'force'"},
      Case{"/reasons/0", 7, "p.json: /reasons/0: must be a string"});
  const auto error = refusal(c.pointer, c.value);
  CHECK(error.what() == c.message);
  CHECK(error.kind() == base::ErrorKind::usage);
}

TEST_CASE("a time that is none is refused at its place") {
  CHECK_THAT(refusal("/made_at", "yesterday").what(), test::StartsWith("p.json: /made_at: "));
}

TEST_CASE("a plan of a later version is refused as newer") {
  CHECK(refusal("/version", 2).kind() == base::ErrorKind::store_newer);
}

TEST_CASE("a document that is no object is refused") {
  CHECK_THROWS_AS(plan::plan_from_json(Json::array(), "p.json"), base::Error);
  CHECK_THROWS_AS(plan::plan_from_json(Json(nullptr), "p.json"), base::Error);
}
