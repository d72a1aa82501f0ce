#include <functional>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using S = domain::InstanceState;
using test::at;

namespace {

// Puts an instance into a state behind the store's back.
void force(const test::TempStore& temp, S state) {
  temp.store.db()
      .prepare("UPDATE instances SET state = ?, user = 'alice' WHERE name = 'a'")
      .bind(domain::to_string(state))
      .run();
}

base::ErrorKind kind_of_refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& e) {
    return e.kind();
  }
  FAIL("accepted");
  return {};
}

}  // namespace

TEST_CASE("a new instance is provisioning and its history says why it was made") {
  const test::TempStore temp;
  domain::Instance made{.name = "a",
                        .pool = "office",
                        .host = "local",
                        .image = "tiny",
                        .state = S::provisioning,
                        .user = "alice",
                        .allocation = {3, 1 << 30},
                        .snapshot = "5d",
                        .created_at = at(5),
                        .changed_at = at(5)};
  temp.store.instances.create(made, "pool apply", "op1");
  const auto found = temp.store.instances.get("a");
  CHECK(found.user == "alice");
  CHECK(found.allocation == made.allocation);
  CHECK(found.snapshot == "5d");
  CHECK(found.created_at == at(5));
  const auto history = temp.store.instances.history("a");
  REQUIRE(history.size() == 1);
  CHECK_FALSE(history[0].from);
  CHECK(history[0].cause == "pool apply");
  CHECK(history[0].operation == "op1");
}

TEST_CASE("every legal transition is made and recorded, every other refused without a trace") {
  for (const S from : domain::all_instance_states()) {
    for (const S to : domain::all_instance_states()) {
      const test::TempStore temp;
      temp.add_warm("a");
      temp.store.users.ensure("alice", at(1));
      force(temp, from);
      const auto before = temp.store.instances.history("a").size();
      INFO(domain::to_string(from) << " to " << domain::to_string(to));
      const auto move = [&] { temp.store.instances.transition("a", from, to, "test", "op", at(2)); };
      const bool needs_user = from == S::warm && to == S::stitching;
      if (domain::is_legal(from, to) && !needs_user) {
        move();
        CHECK(temp.store.instances.get("a").state == to);
        CHECK(temp.store.instances.get("a").changed_at == at(2));
        CHECK(temp.store.instances.history("a").back().from == from);
        CHECK(temp.store.instances.history("a").size() == before + 1);
      } else {
        CHECK(kind_of_refusal(move) == base::ErrorKind::failed);
        CHECK(temp.store.instances.get("a").state == from);
        CHECK(temp.store.instances.history("a").size() == before);
      }
    }
  }
}

TEST_CASE("who believes in an old state is told so and changes nothing") {
  const test::TempStore temp;
  temp.add_warm("a");
  const auto move = [&] {
    temp.store.instances.transition("a", S::provisioning, S::failed, "late", std::nullopt, at(9));
  };
  CHECK(kind_of_refusal(move) == base::ErrorKind::locked);
  CHECK(temp.store.instances.get("a").state == S::warm);
}

TEST_CASE("an instance that is not there is refused with the nearest name") {
  const test::TempStore temp;
  temp.add_warm("tiny-3f");
  try {
    temp.store.instances.get("tiny-3e");
    FAIL("found");
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::not_found);
    CHECK(e.hint() == "did you mean 'tiny-3f'?");
  }
  CHECK(kind_of_refusal([&] { temp.store.instances.set_snapshot("x", "y"); }) == base::ErrorKind::not_found);
}

TEST_CASE("reclaimed instances are history: not listed, not counted, but found") {
  const test::TempStore temp;
  temp.add_warm("a");
  temp.add_warm("b");
  temp.store.instances.transition("b", S::warm, S::reclaiming, "test", std::nullopt, at(2));
  temp.store.instances.transition("b", S::reclaiming, S::reclaimed, "test", std::nullopt, at(3));
  CHECK(temp.store.instances.list().size() == 1);
  CHECK(temp.store.instances.list({.live_only = false}).size() == 2);
  CHECK(temp.store.instances.list({.state = S::reclaimed}).size() == 1);
  CHECK(temp.store.instances.counts().at("office") == std::map<S, int>{{S::warm, 1}});
  CHECK(temp.store.instances.find("b"));
}

TEST_CASE("a list can be narrowed by pool, host and user together") {
  const test::TempStore temp;
  temp.add_warm("a");
  temp.add_warm("b");
  temp.store.instances.reserve("b", "bob", "test", std::nullopt, at(2));
  CHECK(temp.store.instances.list({.pool = "office", .host = "local", .user = "bob"}).at(0).name == "b");
  CHECK(temp.store.instances.list({.pool = "elsewhere"}).empty());
  CHECK(temp.store.instances.list({.host = "elsewhere"}).empty());
}
