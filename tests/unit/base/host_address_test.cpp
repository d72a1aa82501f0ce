#include "base/host_address.hpp"

#include <arpa/inet.h>

#include "base/process.hpp"
#include "support/catch.hpp"

using namespace deskloom;

TEST_CASE("F1: this machine's address is one that it has, and not only its own") {
  const auto address = base::host_address();
  if (!address) return;  // a machine without a network
  const auto all = base::run_process({"/bin/cat", "/proc/net/fib_trie"}).out;
  in_addr parsed{};
  REQUIRE(::inet_pton(AF_INET, address->c_str(), &parsed) == 1);
  CHECK_FALSE(address->starts_with("127."));
  CHECK_THAT(all, test::Contains("|-- " + *address + "\n"));
}
