#include "fleet/resident.hpp"

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;

TEST_CASE("I1: domains and directories of one instance are one resident; other directories are none") {
  const test::TempDir dir;
  for (const auto* name : {"office-00aa11", "office-22bb33", "lost+found", "office-notes"})
    std::filesystem::create_directories(dir / name);
  const auto residents = fleet::residents_of({"office-00aa11", "lab-44cc55"}, dir.path());
  CHECK(residents == std::vector<fleet::Resident>{{"lab-44cc55", true, false},
                                                  {"office-00aa11", true, true},
                                                  {"office-22bb33", false, true}});
}

TEST_CASE("I1: where nothing was ever made, nothing is found") {
  const test::TempDir dir;
  CHECK(fleet::residents_of({}, dir / "never").empty());
}
