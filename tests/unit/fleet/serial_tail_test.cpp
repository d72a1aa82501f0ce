#include "fleet/libvirt/serial_tail.hpp"

#include "base/fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using fleet::serial_tail;

TEST_CASE("an error shows the last lines of the serial log, harmless to a terminal") {
  const test::TempDir directory;
  const auto log = directory / "serial.log";
  CHECK(serial_tail(log).empty());
  base::write_file_durably(log, "");
  CHECK(serial_tail(log).empty());
  base::write_file_durably(log, "1\r\n2\n\n3\n4\n5\n6\x1b[2J\n");
  CHECK(serial_tail(log) == "; its serial line ended with: 2 | 3 | 4 | 5 | 6\\x1b[2J");
}

TEST_CASE("of a long serial log only the end is read") {
  const test::TempDir directory;
  base::write_file_durably(directory / "serial.log", std::string(100'000, 'x') + "\nlast\n");
  CHECK(serial_tail(directory / "serial.log").size() < 3000);
}
