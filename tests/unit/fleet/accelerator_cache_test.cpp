#include "fleet/libvirt/accelerator_cache.hpp"

#include "base/fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using fleet::AcceleratorCache;

TEST_CASE("a proof is remembered for its host and version until the next boot") {
  const test::TempDir directory;
  AcceleratorCache(directory.path(), "boot-1", "embedded 7.2").remember({"tcg", "KVM aborts"});
  AcceleratorCache(directory.path(), "boot-1", "far 7.2").remember({"kvm", "a machine ran"});
  const auto known = AcceleratorCache(directory.path(), "boot-1", "embedded 7.2").recall();
  REQUIRE(known);
  CHECK(known->accelerator == "tcg");
  CHECK(known->reason == "KVM aborts");
  CHECK(AcceleratorCache(directory.path(), "boot-1", "far 7.2").recall()->accelerator == "kvm");
  CHECK_FALSE(AcceleratorCache(directory.path(), "boot-1", "embedded 8.0").recall());
  CHECK_FALSE(AcceleratorCache(directory.path(), "boot-2", "embedded 7.2").recall());
}

TEST_CASE("a damaged cache proves nothing and is mended by the next proof") {
  const test::TempDir directory;
  for (const char* text :
       {"", "{", "[]", "null",
        R"({"version":2,"boot_id":"b","proofs":{"k":{"accelerator":"kvm","reason":"r"}}})",
        R"({"version":1,"boot_id":"b","proofs":[]})", R"({"version":1,"boot_id":"b","proofs":{"k":7}})",
        R"({"version":1,"boot_id":"b","proofs":{"k":{"accelerator":"warp","reason":"r"}}})",
        R"({"version":1,"boot_id":"b","proofs":{"k":{"accelerator":"kvm"}}})"}) {
    CAPTURE(text);
    base::write_file_durably(directory / "accelerators.json", text);
    const AcceleratorCache cache(directory.path(), "b", "k");
    CHECK_FALSE(cache.recall());
    cache.remember({"tcg", "proven"});
    CHECK(cache.recall()->reason == "proven");
  }
}

TEST_CASE("without a directory nothing is remembered") {
  const AcceleratorCache cache({}, "b", "k");
  cache.remember({"kvm", "proven"});
  CHECK_FALSE(cache.recall());
}
