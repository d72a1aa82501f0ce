#include "domain/instance.hpp"

#include <set>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using S = domain::InstanceState;

TEST_CASE("names of instances are known by their six digits") {
  CHECK(domain::is_instance_name(domain::instance_name("office", "3fa29c")));
  CHECK(domain::is_instance_name("a-b-012345"));
  for (const char* name :
       {"office", "office-3fa29", "office-3FA29C", "-3fa29c", "3fa29c", "office3fa29c", ""}) {
    CAPTURE(name);
    CHECK_FALSE(domain::is_instance_name(name));
  }
}

TEST_CASE("every instance state has one name that reads back") {
  std::set<std::string_view> names;
  for (const S state : domain::all_instance_states()) {
    const auto name = domain::to_string(state);
    CHECK(names.insert(name).second);
    CHECK(domain::parse_instance_state(name) == state);
  }
  CHECK(names.size() == 11);
  CHECK(domain::to_string(S::persona_applied_available) == "persona-applied-available");
}

TEST_CASE("a misspelt state is refused with the nearest one") {
  try {
    domain::parse_instance_state("warn");
    FAIL("accepted");
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::usage);
    CHECK(e.hint() == "did you mean 'warm'?");
  }
}

TEST_CASE("only provisioning leads to warm") {
  for (const S from : domain::all_instance_states())
    CHECK(domain::is_legal(from, S::warm) == (from == S::provisioning));
}

TEST_CASE("F1: what serves a component was warm, and serves nothing else after") {
  for (const S other : domain::all_instance_states()) {
    CHECK(domain::is_legal(other, S::serving) == (other == S::warm));
    CHECK(domain::is_legal(S::serving, other) == (other == S::failed || other == S::reclaiming));
  }
}

TEST_CASE("nothing leads out of reclaimed, and nothing becomes provisioning") {
  for (const S other : domain::all_instance_states()) {
    CHECK_FALSE(domain::is_legal(S::reclaimed, other));
    CHECK_FALSE(domain::is_legal(other, S::provisioning));
    CHECK_FALSE(domain::is_legal(other, other));
  }
}

TEST_CASE("every live state can be reclaimed in the end") {
  for (const S state : domain::all_instance_states()) {
    if (!domain::is_live(state) || state == S::reclaiming) continue;
    CHECK(domain::is_legal(state, S::reclaiming));
  }
  CHECK(domain::is_legal(S::reclaiming, S::reclaimed));
}

TEST_CASE("the transition table names no pair twice") {
  const auto all = domain::legal_transitions();
  CHECK(std::set(all.begin(), all.end()).size() == all.size());
}

TEST_CASE("a persona is held from stitching on, and by nobody once reclaim has begun") {
  std::set<S> holding;
  for (const S state : domain::all_instance_states()) {
    if (domain::holds_persona(state)) holding.insert(state);
  }
  CHECK(holding ==
        std::set{S::stitching, S::persona_applied_available, S::connected, S::disconnected, S::migrating});
}
