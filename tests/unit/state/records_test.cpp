#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using test::at;

TEST_CASE("a user keeps the time of the first sight") {
  const test::TempStore temp;
  temp.store.users.ensure("alice", at(1));
  temp.store.users.ensure("alice", at(2));
  CHECK(temp.store.users.find("alice")->first_seen == at(1));
  CHECK(temp.store.users.list().size() == 1);
  CHECK_FALSE(temp.store.users.find("bob"));
}

TEST_CASE("a host's last probe replaces the one before") {
  const test::TempStore temp;
  temp.store.hosts.put({"desk1", "qemu:///system", false, "", "refused", at(1)});
  temp.store.hosts.put({"desk1", "qemu:///system", true, "kvm", "libvirt 9", at(2)});
  const auto host = temp.store.hosts.find("desk1");
  REQUIRE(host);
  CHECK(host->reachable);
  CHECK(host->accelerator == "kvm");
  CHECK(host->probed_at == at(2));
  CHECK(temp.store.hosts.list().size() == 1);
}

TEST_CASE("a pool is known from its first instance or plan on") {
  const test::TempStore temp;
  CHECK_FALSE(temp.store.pools.find("office"));
  temp.store.pools.ensure("office");
  temp.store.pools.ensure("office");
  CHECK(temp.store.pools.find("office")->generation == 0);
  temp.store.pools.set_applied("office", at(7));
  temp.store.pools.set_applied("lab", at(8));
  CHECK(temp.store.pools.find("office")->applied_at == at(7));
  CHECK(temp.store.pools.list().size() == 2);
}
