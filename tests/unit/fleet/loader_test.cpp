#include "fleet/loader.hpp"

#include "base/fd.hpp"
#include "support/temp_dir.hpp"
#include "throws.hpp"

using namespace deskloom;
using test::contains;
using test::error_of;

TEST_CASE("a plugin that is nowhere is told with where it was looked for") {
  const auto error = error_of([] { fleet::load_runtime_factory({"/no/such/a.so", "/no/such/b.so"}); });
  CHECK(error.kind() == base::ErrorKind::failed);
  CHECK(contains(error.what(), "/no/such/a.so, /no/such/b.so"));
}

TEST_CASE("a plugin that cannot be loaded is told with the loader's reason") {
  const test::TempDir directory;
  base::write_file_durably(directory / "broken.so", "no ELF file");
  const auto error = error_of([&] { fleet::load_runtime_factory({directory / "broken.so"}); });
  CHECK(contains(error.what(), "broken.so"));
  CHECK(contains(error.hint(), "libvirt"));
}

TEST_CASE("a library that is no plugin is refused") {
  const auto error = error_of([] { fleet::load_runtime_factory({"/lib/x86_64-linux-gnu/libm.so.6"}); });
  CHECK(contains(error.what(), "not a plugin"));
}

// The plugin is a shared object with its own copy of Error's type information.
TEST_CASE("an Error thrown in the plugin is caught as one here, kind and hint intact") {
  fleet::HostTarget target;
  target.name = "far";
  target.uri = "qemu+unix:///system?socket=/no/such/socket";
  const auto error = error_of([&] { fleet::open_runtime(target); });
  CHECK(error.kind() == base::ErrorKind::host_unreachable);
  CHECK(contains(error.what(), "host far at qemu+unix:///system?socket=/no/such/socket"));
  CHECK(contains(error.hint(), "libvirtd"));
}
