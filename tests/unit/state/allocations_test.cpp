// C2, C6: what is booked of a host is never more than it has, whoever books.
#include "base/error.hpp"
#include "processes.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using base::ErrorKind;
using test::TempStore;

namespace {

constexpr std::uint64_t mib = 1 << 20;

ErrorKind kind_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& e) {
    return e.kind();
  }
  FAIL("nothing was thrown");
  return ErrorKind::failed;
}

}  // namespace

TEST_CASE("C2: an allocation is what it was changed to, with what lies around it") {
  const TempStore temp;
  temp.add_warm("a");
  const domain::Allocation wanted{4, 1024 * mib, 5, 6, 1};
  temp.store.instances.change_allocation(temp.store.instances.get("a"), wanted, std::nullopt);
  const auto after = temp.store.instances.get("a");
  CHECK(after.allocation == wanted);
  CHECK(after.state == domain::InstanceState::warm);
  CHECK(after.power == domain::Power::running);
  temp.store.instances.set_power("a", domain::Power::saved);
  CHECK(temp.store.instances.get("a").power == domain::Power::saved);
}

TEST_CASE("C2: who saw another allocation is refused") {
  const TempStore temp;
  temp.add_warm("a");
  const auto seen = temp.store.instances.get("a");
  temp.store.instances.change_allocation(seen, {2, 300 * mib}, std::nullopt);
  CHECK(kind_of([&] {
          temp.store.instances.change_allocation(seen, {2, 400 * mib}, std::nullopt);
        }) == ErrorKind::locked);
  CHECK(temp.store.instances.get("a").allocation.memory_bytes == 300 * mib);
}

TEST_CASE("C2: a full host gives no more memory, and what it gave back can be given") {
  const TempStore temp;
  temp.add_warm("a");
  temp.add_warm("b");  // 256 MiB each
  const auto grow = [&](const std::string& name, std::uint64_t to) {
    temp.store.instances.change_allocation(temp.store.instances.get(name), {2, to * mib}, 1000 * mib);
  };
  grow("a", 744);
  CHECK(kind_of([&] { grow("b", 257); }) == ErrorKind::failed);
  CHECK(temp.store.instances.get("b").allocation.memory_bytes == 256 * mib);
  grow("a", 700);
  grow("b", 300);
}

TEST_CASE("C6: a GPU is one instance's at a time, and comes back when it is reclaimed") {
  const TempStore temp;
  for (const char* name : {"a", "b"}) temp.add_warm(name);
  const std::vector<std::string> inventory{"pci:0000:3b:00.0", "pci:0000:5e:00.0"};
  const auto& gpus = temp.store.gpus;
  CHECK(gpus.take("local", inventory, 1, "a") == std::vector{inventory[0]});
  CHECK(kind_of([&] { gpus.take("local", inventory, 2, "b"); }) == ErrorKind::failed);
  CHECK(gpus.of("b").empty());
  CHECK(gpus.take("local", inventory, 1, "b") == std::vector{inventory[1]});
  CHECK(gpus.take("other", inventory, 1, "b") == std::vector{inventory[0]});
  temp.store.instances.transition("a", domain::InstanceState::warm, domain::InstanceState::reclaiming, "test",
                                  std::nullopt, test::at(2));
  temp.store.instances.transition("a", domain::InstanceState::reclaiming, domain::InstanceState::reclaimed,
                                  "test", std::nullopt, test::at(2));
  CHECK(gpus.of("a").empty());
  CHECK(gpus.list().size() == 2);
}

TEST_CASE("C6: processes that take GPUs at once never get the same one") {
  const TempStore temp;
  constexpr int processes = 6;
  for (int i = 0; i < processes; ++i) temp.add_warm("i" + std::to_string(i));
  const std::vector<std::string> inventory{"mdev:1", "mdev:2", "mdev:3", "mdev:4"};
  const auto codes = test::run_processes(processes, [&](int i) {
    const state::Store own(temp.file, state::Store::Access::write);
    try {
      own.gpus.take("local", inventory, 1, "i" + std::to_string(i));
      return 0;
    } catch (const base::Error& e) {
      return e.kind() == ErrorKind::failed ? 1 : 2;
    }
  });
  CHECK(std::count(codes.begin(), codes.end(), 0) == 4);
  CHECK(std::count(codes.begin(), codes.end(), 1) == 2);
  CHECK(temp.store.gpus.list().size() == 4);
}

TEST_CASE("C3: waits are kept, the newest first, by pool") {
  const TempStore temp;
  temp.add_warm("a");
  temp.store.users.ensure("alice", test::at(1));
  temp.store.waits.add({"alice", "a", "office", "stitched", test::at(10), 1200});
  temp.store.waits.add({"alice", "a", "office", "inflated", test::at(20), 300});
  const auto waits = temp.store.waits.recent("office", 10);
  REQUIRE(waits.size() == 2);
  CHECK(waits[0].action == "inflated");
  CHECK(waits[1].waited_ms == 1200);
  CHECK(temp.store.waits.recent("else", 10).empty());
  CHECK(temp.store.waits.recent(std::nullopt, 1).size() == 1);
}
