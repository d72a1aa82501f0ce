// C2: how much of a resource lies between minimal and full.
#include "domain/allocation.hpp"

#include "support/catch.hpp"

using namespace deskloom::domain;

namespace {

constexpr std::uint64_t mib = 1 << 20;
const Allocation minimal{1, 192 * mib, mib, 2 * mib, 0};
const Allocation full{8, 4096 * mib, 11 * mib, 0, 2};

}  // namespace

TEST_CASE("C2: no share is minimal, all of it is full") {
  CHECK(share_of(minimal, full, {0, 0, 0, 0, 0}) == minimal);
  CHECK(share_of(minimal, full, {}) == full);
}

TEST_CASE("C2: shares are rounded up to what can be given") {
  const auto half = share_of(minimal, full, {50, 50, 50, 50, 50});
  CHECK(half.vcpus == 5);  // 4.5
  CHECK(half.memory_bytes == 2144 * mib);
  CHECK(half.network_bytes_s == 6 * mib);
  CHECK(share_of(minimal, full, {.memory = 1}).memory_bytes % mib == 0);
  CHECK(share_of(minimal, full, {.vcpus = 1}).vcpus == 2);
}

TEST_CASE("C2: a GPU is not divided, and a rate that is not limited has no half") {
  CHECK(share_of(minimal, full, {.gpus = 99}).gpus == 0);
  CHECK(share_of(minimal, full, {.storage = 99}).storage_bytes_s == minimal.storage_bytes_s);
  CHECK(share_of(minimal, full, {}).storage_bytes_s == 0);
}

TEST_CASE("C2: more shares never give less") {
  for (int percent = 1; percent <= 100; ++percent) {
    const Shares less{percent - 1, percent - 1, percent - 1, percent - 1, percent - 1};
    const Shares more{percent, percent, percent, percent, percent};
    CHECK(is_within(share_of(minimal, full, less), share_of(minimal, full, more)));
    CHECK(is_within(share_of(minimal, full, more), full));
  }
}

TEST_CASE("C2: no limit is more than any limit") {
  Allocation limited = full;
  limited.storage_bytes_s = 1ULL << 40;
  CHECK(is_within(limited, full));
  CHECK_FALSE(is_within(full, limited));
  CHECK(differences(limited, full) == std::vector{Resource::storage});
}

TEST_CASE("C2: every resource is taken over, compared and described") {
  Allocation copy = minimal;
  for (const Resource resource : all_resources) {
    CHECK_FALSE(is_same(copy, full, resource));
    take_over(copy, full, resource);
    CHECK(is_same(copy, full, resource));
    CHECK_FALSE(describe(copy, resource).empty());
  }
  CHECK(copy == full);
  CHECK(describe(minimal, Resource::vcpus) == "1 CPU");
  CHECK(describe(full, Resource::storage) == "not limited");
}
