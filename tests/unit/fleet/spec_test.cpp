#include "fleet/spec.hpp"

#include "specs.hpp"
#include "throws.hpp"

using namespace deskloom;
using test::error_of;

TEST_CASE("a sound specification passes") { CHECK_NOTHROW(fleet::check_spec(test::tiny_spec())); }

TEST_CASE("unsound specifications are refused before anything is made of them") {
  const std::function<void(fleet::InstanceSpec&)> faults[] = {
      [](auto& spec) { spec.name = "a/b"; },
      [](auto& spec) { spec.name = "<x>"; },
      [](auto& spec) { spec.directory = "relative/desk-1"; },
      [](auto& spec) { spec.directory = "/srv/other"; },
      [](auto& spec) { spec.directory = "/srv/../desk-1"; },
      [](auto& spec) { spec.allocation.vcpus = 0; },
      [](auto& spec) { spec.allocation.memory_bytes = 64 << 20; },
      [](auto& spec) { spec.accelerator = "auto"; },
      [](auto& spec) { spec.image.initrd.clear(); },
      [](auto& spec) {
        spec.image.container = fleet::ContainerImage{"localhost/desk:1", {}, false, {}};
      },
      [](auto& spec) {
        spec.image.kernel.clear();
        spec.image.initrd.clear();
      },
  };
  for (const auto& fault : faults) {
    auto spec = test::tiny_spec();
    fault(spec);
    CHECK(error_of([&] { fleet::check_spec(spec); }).kind() == base::ErrorKind::usage);
  }
}

TEST_CASE("only a directory of the instance's own may be removed") {
  CHECK_NOTHROW(fleet::check_instance_directory("desk-1", "/srv/instances/desk-1"));
  for (const char* directory : {"", "/", "/srv", "desk-1", "/srv/desk-1/", "/srv/desk-1/..", "/srv/desk-2"}) {
    CAPTURE(directory);
    CHECK(error_of([&] { fleet::check_instance_directory("desk-1", directory); }).kind() ==
          base::ErrorKind::usage);
  }
}
