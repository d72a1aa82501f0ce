#include "state/volumes.hpp"

#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using domain::InstanceState;
using test::TempStore;

TEST_CASE(
    "A8: which instances read their volumes from elsewhere is on record until they are local, or gone") {
  const TempStore temp;
  for (const char* name : {"a", "b"}) temp.add_warm(name);
  const auto& volumes = temp.store.volumes;
  volumes.put({"a", "s1", 100, test::at(1), std::nullopt});
  volumes.put({"b", "s1", 100, test::at(1), std::nullopt});
  volumes.put({"a", "s2", 200, test::at(2), std::nullopt});  // a step that is done again
  CHECK(volumes.of("a")->snapshot == "s1");
  CHECK(volumes.elsewhere().size() == 2);

  volumes.set_local("a", test::at(3));
  volumes.set_local("a", test::at(4));
  CHECK(volumes.of("a")->local_at == test::at(3));
  REQUIRE(volumes.elsewhere().size() == 1);
  CHECK(volumes.elsewhere().front().instance == "b");

  temp.store.instances.transition("b", InstanceState::warm, InstanceState::reclaiming, "test", std::nullopt,
                                  test::at(5));
  temp.store.instances.transition("b", InstanceState::reclaiming, InstanceState::reclaimed, "test",
                                  std::nullopt, test::at(5));
  CHECK_FALSE(volumes.of("b"));
  CHECK(volumes.elsewhere().empty());
}
