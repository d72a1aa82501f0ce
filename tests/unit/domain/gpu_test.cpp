#include "domain/gpu.hpp"

#include "support/catch.hpp"

using deskloom::domain::parse_gpu;

TEST_CASE("a GPU is named by its PCI address or as a mediated device") {
  const auto pci = parse_gpu("pci:0000:3b:00.1");
  REQUIRE(pci);
  CHECK(pci->pci == std::array<std::string, 4>{"0000", "3b", "00", "1"});
  CHECK(pci->mdev.empty());
  const auto mdev = parse_gpu("mdev:4b20d080-1b54-4048-85b3-a6a62d165c01");
  REQUIRE(mdev);
  CHECK(mdev->mdev == "4b20d080-1b54-4048-85b3-a6a62d165c01");
  CHECK(mdev->pci[0].empty());
  for (const char* other : {"", "0000:3b:00.0", "pci:0000:3B:00.0", "pci:0000:3b:00.8", "pci:0000:3b:00.0 ",
                            "mdev:4b20d080", "gpu0"})
    CHECK_FALSE(parse_gpu(other));
}
