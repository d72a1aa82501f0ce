#include "base/error.hpp"
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

TEST_CASE("a user is in one mode at a time, and earlier ones stay") {
  const test::TempStore temp;
  const auto& modes = temp.store.modes;
  temp.store.users.ensure("alice", at(1));
  CHECK_FALSE(modes.find("alice", at(5)));
  CHECK_FALSE(modes.end("alice", at(5)));
  modes.set({"alice", "video-editing", at(10), at(100), "root"});
  modes.set({"alice", "light-browsing", at(50), at(60), "alice"});
  CHECK_FALSE(modes.find("alice", at(9)));
  CHECK(modes.find("alice", at(10))->name == "video-editing");
  CHECK(modes.find("alice", at(50))->name == "light-browsing");
  CHECK(modes.find("alice", at(50))->set_by == "alice");
  CHECK_FALSE(modes.find("alice", at(60)));
  modes.set({"alice", "video-editing", at(70), at(200), "alice"});
  CHECK(modes.end("alice", at(80)));
  CHECK_FALSE(modes.end("alice", at(80)));
  CHECK_FALSE(modes.find("alice", at(80)));
  CHECK(modes.list("bob").empty());
  REQUIRE(modes.list("alice").size() == 3);
  CHECK(modes.list("alice").front().until == at(80));
  CHECK(modes.list().back().until == at(50));
  CHECK_THROWS_AS(modes.set({"bob", "video-editing", at(1), at(2), "root"}), base::Error);  // nobody
  CHECK(temp.store.check().empty());
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
  CHECK_FALSE(temp.store.pools.find("office")->applied_at);
  temp.store.pools.set_applied("office", at(7));
  temp.store.pools.set_applied("lab", at(8));
  CHECK(temp.store.pools.find("office")->applied_at == at(7));
  CHECK(temp.store.pools.list().size() == 2);
}
