// The main job on a whole Debian 12: systemd, the real dconf on a session bus, a real interpreter's scripts.
#include "real/playground.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::Playground;

TEST_CASE(
    "A7: a persona moves between two Debian instances, dconf settings and a script's open file included") {
  const Playground playground("debian", "floor = 2\nparallel = 2\nmemory = \"384MiB\"\n");
  playground.must({"pool", "apply"});
  const std::string first = playground.must({"session", "assign", "alice"}).at("instance");
  playground.in_guest(
      first, "alice",
      "set -e; dconf write /org/desk/theme \"'dark'\"; mkdir -p Documents; echo 'a,b' >Documents/budget.csv; "
      "(setsid sheet $HOME/Documents/budget.csv >/dev/null 2>&1 &) ; sleep 2; dconf read /org/desk/theme");
  const auto captured = playground.must({"persona", "capture", "alice"});
  CHECK(captured.at("captures").at(0).at("settings") >= 1);
  CHECK(captured.at("captures").at(0).at("applications") == 1);

  playground.cut_power(first);
  const auto assigned = playground.must({"session", "assign", "alice"});
  const std::string second = assigned.at("instance");
  REQUIRE(second != first);
  CHECK(assigned.at("failures").empty());
  REQUIRE(assigned.at("applications").size() == 1);
  CHECK(assigned.at("applications").at(0).at("restored") == true);
  CHECK(playground.in_guest(second, "alice", "cat Documents/budget.csv; dconf read /org/desk/theme") ==
        "a,b\n'dark'\n");
}
