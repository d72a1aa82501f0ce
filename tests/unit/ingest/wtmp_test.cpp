#include "ingest/wtmp.hpp"

#include <utmp.h>

#include <cstring>

#include "base/error.hpp"
#include "gathered.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::test;

namespace {

std::string record(short type, const std::string& line, const std::string& user, int at) {
  utmp entry{};
  entry.ut_type = type;
  std::memcpy(entry.ut_line, line.data(), line.size());
  std::memcpy(entry.ut_user, user.data(), user.size());
  entry.ut_tv.tv_sec = at;
  return {reinterpret_cast<const char*>(&entry), sizeof entry};
}

std::vector<std::string> read(const std::string& bytes) {
  base::TextSource source(bytes);
  Gathered gathered;
  ingest::read_wtmp(source, gathered);
  return gathered.lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a user is connected while one of their logins lasts") {
  CHECK(read(record(USER_PROCESS, "tty1", "ann", 10) + record(USER_PROCESS, "pts/0", "ann", 20) +
             record(USER_PROCESS, "pts/1", "bob", 25) + record(DEAD_PROCESS, "tty1", "", 30) +
             record(DEAD_PROCESS, "pts/1", "", 35) + record(DEAD_PROCESS, "pts/0", "", 40)) ==
        Lines{"10 ann connect", "25 bob connect", "35 bob disconnect", "40 ann disconnect"});
}

TEST_CASE("a boot, a shutdown and the next login on a line end what was open") {
  CHECK(read(record(USER_PROCESS, "tty1", "ann", 10) + record(USER_PROCESS, "tty1", "bob", 20) +
             record(RUN_LVL, "~", "shutdown", 30) + record(USER_PROCESS, "tty1", "bob", 40) +
             record(BOOT_TIME, "~", "reboot", 50) + record(RUN_LVL, "~", "runlevel", 51) +
             record(DEAD_PROCESS, "tty1", "", 60)) == Lines{"10 ann connect", "20 ann disconnect",
                                                            "20 bob connect", "30 bob disconnect",
                                                            "40 bob connect", "50 bob disconnect"});
}

TEST_CASE("a file that is cut within a record is refused, and wrong records are counted") {
  const std::string one = record(USER_PROCESS, "tty1", "ann", 10);
  CHECK_THROWS_AS(read(one + one.substr(0, 100)), base::Error);
  base::TextSource source(record(USER_PROCESS, "tty1", "a\x1b[2J", 10) +
                          record(USER_PROCESS, "tty2", "ann", -5) + one);
  Gathered gathered;
  const auto report = ingest::read_wtmp(source, gathered);
  CHECK(report.records == 3);
  CHECK(report.rejected == 2);
  CHECK(gathered.lines == Lines{"10 ann connect"});
}
