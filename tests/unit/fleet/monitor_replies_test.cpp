#include "fleet/libvirt/monitor_replies.hpp"

#include "support/catch.hpp"

using namespace deskloom;

TEST_CASE("B6: viewers are counted in what QEMU says of its displays") {
  const auto vnc =
      base::Json::parse(R"({"enabled": true, "service": "5900", "clients": [{"host": "127.0.0.1"}]})");
  CHECK(fleet::count_vnc_clients(vnc) == 1);
  CHECK(fleet::count_vnc_clients(base::Json::parse(R"({"enabled": true, "clients": []})")) == 0);
  const auto spice = base::Json::parse(R"({"enabled": true, "channels": [
      {"connection-id": 7, "channel-type": 1}, {"connection-id": 7, "channel-type": 2}, {"connection-id": 9}]})");
  CHECK(fleet::count_spice_clients(spice) == 2);
}

TEST_CASE("B6: a display that is off, or a reply that is none, counts nobody") {
  CHECK_FALSE(fleet::count_vnc_clients(nullptr));
  CHECK_FALSE(fleet::count_vnc_clients(base::Json::parse(R"({"enabled": false})")));
  CHECK_FALSE(fleet::count_vnc_clients(base::Json::parse(R"([1])")));
  CHECK_FALSE(fleet::count_spice_clients(base::Json::parse(R"({"enabled": true, "channels": 3})")));
}
