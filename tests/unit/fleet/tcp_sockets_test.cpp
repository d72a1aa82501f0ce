#include "fleet/container/tcp_sockets.hpp"

#include "support/catch.hpp"

using namespace deskloom;

TEST_CASE("B6: connections to a container's display are those that are established to its port") {
  // 170C is 5900: one listens, two are established, one waits to be closed; the last is to another port.
  const char* table =
      "  sl  local_address rem_address   st tx_queue rx_queue\n"
      "   0: 00000000:170C 00000000:0000 0A 00000000:00000000\n"
      "   1: 0100007F:170C 0100007F:D2F0 01 00000000:00000000\n"
      "   2: 0100007F:170C 0100007F:D2F2 06 00000000:00000000\n"
      "   3: 0100007F:D2F0 0100007F:170C 01 00000000:00000000\n"
      "   0: 00000000000000000000000001000000:170C 00000000000000000000000001000000:D2F4 01 0\n"
      "   4: 0100007F:170D 0100007F:D2F6 01 00000000:00000000\n";
  CHECK(fleet::count_connections(table, 5900) == 2);
  CHECK(fleet::count_connections("", 5900) == 0);
  CHECK(fleet::count_connections("no table\n:170C", 5900) == 0);
}
