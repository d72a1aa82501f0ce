#include "plan/pool_plan_json.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using base::Json;

namespace {

const base::Timestamp made_at = base::from_ns(1'700'000'000'125'000'000);

std::vector<plan::PoolPlan> example() {
  const plan::PoolPlan office{
      .pool = "office",
      .made_at = made_at,
      .holds_until = made_at + std::chrono::minutes(30),
      .made_from = {{{"floor", "3"}, {"users", R"(["a*"])"}}, made_at - std::chrono::hours(1), "5d"},
      .target = {3, 4, "floor 3", {{"anna", 0.75, "comes until 09:30 UTC"}}},
      .actions = {{plan::ActionKind::reclaim, "tiny-3f", "it failed and cannot serve"},
                  {plan::ActionKind::provision, std::nullopt, "1 warm and 1 coming, 3 wanted"},
                  {plan::ActionKind::shadow, std::nullopt, "comes until 09:30 UTC", "anna"}},
      .reasons = {"2 more wanted, but max 3 leaves room for 1"}};
  plan::PoolPlan lab;
  lab.pool = "lab";
  lab.made_at = made_at;
  return {office, lab};
}

// The error with which the example is refused after the value at pointer was replaced, or removed.
base::Error refusal(const std::string& pointer, const std::optional<Json>& value) {
  Json json = plan::to_json(example(), made_at);
  const Json::json_pointer place(pointer);
  if (value) {
    json[place] = *value;
  } else {
    json[place.parent_pointer()].erase(place.back());
  }
  try {
    plan::plans_from_json(json, "p.json");
  } catch (const base::Error& e) {
    return e;
  }
  FAIL("accepted " << json.dump());
  return {base::ErrorKind::failed, ""};
}

}  // namespace

TEST_CASE("plans read back as they were written") {
  const auto text = plan::to_json(example(), made_at).dump(2);
  CHECK(plan::plans_from_json(base::parse_json(text, "p.json"), "p.json") == example());
}

TEST_CASE("B3: a plan of an earlier version does not say what it was made from, and is refused") {
  for (const int version : {1, 2}) {
    const auto error = refusal("/version", version);
    CHECK(error.kind() == base::ErrorKind::usage);
    CHECK(error.what() == "p.json: a plan of version " + std::to_string(version) +
                              ", which does not say what it was made from");
  }
}

TEST_CASE("what is not a plan in every member is refused at its place") {
  struct Case {
    std::string pointer;
    std::optional<Json> value;
    std::string message;
  };
  const auto c = GENERATE(
      Case{"/pools/0/pool", std::nullopt, "p.json: /pools/0: member 'pool' is missing"},
      Case{"/pools/0/pool", "../x", "p.json: /pools/0/pool: must be a name"},
      Case{"/pools/0/polo", 1, "p.json: /pools/0: unknown member 'polo'"},
      Case{"/pools/1/pool", "office", "p.json: /pools: pool office stands there twice"},
      Case{"/version", "3", "p.json: /version: must be an integer from 0 to 3"},
      Case{"/pools/0/made_from/policy", 1, "p.json: /pools/0/made_from/policy: must be an object"},
      Case{"/pools/0/made_from/prices", 1, "p.json: /pools/0/made_from/prices: must be a string"},
      Case{"/pools/0/made_from", std::nullopt, "p.json: /pools/0: member 'made_from' is missing"},
      Case{"/pools/0/target/ghosts", "3",
           "p.json: /pools/0/target/ghosts: must be an integer from 0 to 2147483647"},
      Case{"/pools/0/target", 3, "p.json: /pools/0/target: must be an object"},
      Case{"/pools/0/target/shadows/0/probability", 1.5,
           "p.json: /pools/0/target/shadows/0/probability: must be a number from 0 to 1"},
      Case{"/pools/0/actions", 3, "p.json: /pools/0/actions: must be an array of at most 100000"},
      Case{"/pools/0/actions/0/kind", "destroy", "p.json: /pools/0/actions/0/kind: unknown action 'destroy'"},
      Case{"/pools/0/actions/0/instance", nullptr,
           "p.json: /pools/0/actions/0/instance: must name what to reclaim"},
      Case{"/pools/0/actions/0/instance", "a/b", "p.json: /pools/0/actions/0/instance: must be a name"},
      Case{"/pools/0/actions/1/instance", "x", "p.json: /pools/0/actions/1/instance: must be null"},
      Case{"/pools/0/actions/2/user", nullptr,
           "p.json: /pools/0/actions/2/user: must name whose shadow it is"},
      Case{"/pools/0/actions/1/user", "anna", "p.json: /pools/0/actions/1/user: must be null"},
      Case{"/pools/0/actions/1/force", true, "p.json: /pools/0/actions/1: unknown member 'force'"},
      Case{"/pools/0/reasons/0", 7, "p.json: /pools/0/reasons/0: must be a string"});
  const auto error = refusal(c.pointer, c.value);
  CHECK(error.what() == c.message);
  CHECK(error.kind() == base::ErrorKind::usage);
}

TEST_CASE("a time that is none is refused at its place") {
  for (const std::string place : {"/made_at", "/pools/0/holds_until", "/pools/0/made_from/forecast"})
    CHECK_THAT(refusal(place, "yesterday").what(), test::StartsWith("p.json: " + place + ": "));
}

TEST_CASE("a plan of a later version is refused as newer") {
  CHECK(refusal("/version", 4).kind() == base::ErrorKind::store_newer);
}

TEST_CASE("a document that is no object is refused") {
  CHECK_THROWS_AS(plan::plans_from_json(Json::array(), "p.json"), base::Error);
  CHECK_THROWS_AS(plan::plans_from_json(Json(nullptr), "p.json"), base::Error);
}
