// Old samples are rolled up, not kept raw for ever (SPEC D1).
#include "history/rollup.hpp"

#include "support/catch.hpp"
#include "temp_history.hpp"

using namespace deskloom;
using namespace deskloom::history;
using namespace deskloom::test;

namespace {

constexpr std::int64_t hour = 3600, day = 24 * hour;
constexpr std::int64_t start = 20'000 * day;

// "at-start samples cpu cpu_max", one line each.
std::vector<std::string> rows(const TempHistory& temp, const std::string& table) {
  auto row = temp.store.db().prepare("SELECT at, samples, cpu, cpu_max, memory FROM " + table +
                                     " ORDER BY at, user");
  std::vector<std::string> rows;
  while (row.step()) {
    CHECK(row.is_null(4));
    rows.push_back(std::to_string(row.integer(0) - start) + " " + std::to_string(row.integer(1)) + " " +
                   std::to_string(std::lround(100 * row.real(2))) + " " +
                   std::to_string(std::lround(100 * row.real(3))));
  }
  return rows;
}

using Rows = std::vector<std::string>;

const KeepRule rule{std::chrono::days(2), std::chrono::days(5), std::chrono::days(10)};

}  // namespace

TEST_CASE("samples become means and maxima of five minutes and of hours, once the hour has ended") {
  TempHistory temp;
  temp.add_cpu("ann", {{start, 1}, {start + 60, 2}, {start + 600, 3}, {start + hour, 9}});
  CHECK(roll_up(temp.store, at(start + hour - 1), rule, false).hours == 0);
  CHECK(roll_up(temp.store, at(start + hour), rule, false).hours == 1);
  CHECK(rows(temp, "five_minutes") == Rows{"0 2 150 200", "600 1 300 300"});
  CHECK(rows(temp, "hours") == Rows{"0 3 225 300"});
  CHECK(roll_up(temp.store, at(start + hour), rule, false).hours == 0);
}

TEST_CASE("samples that come late change their hour, while its samples are there") {
  TempHistory temp;
  temp.add_cpu("ann", {{start, 1}});
  roll_up(temp.store, at(start + hour), rule, false);
  temp.add_cpu("ann", {{start + 1, 3}});
  CHECK(roll_up(temp.store, at(start + hour), rule, false).hours == 1);
  CHECK(rows(temp, "hours") == Rows{"0 2 200 300"});
}

TEST_CASE("what is old goes step by step, and the same file again adds nothing at any of them") {
  TempHistory temp;
  const std::vector<std::pair<std::int64_t, double>> file{{start, 1}, {start + 300, 3}};
  temp.add_cpu("ann", file);
  for (const int days : {1, 3, 6}) {
    CAPTURE(days);
    roll_up(temp.store, at(start + days * day), rule, false);
    CHECK(temp.count("samples") == (days > 2 ? 0 : 2));
    CHECK(temp.count("five_minutes") == (days > 5 ? 0 : 2));
    CHECK(rows(temp, "hours") == Rows{"0 2 200 300"});
    CHECK(temp.add_cpu("ann", file).added == 0);
    roll_up(temp.store, at(start + days * day), rule, false);
    CHECK(rows(temp, "hours") == Rows{"0 2 200 300"});
  }
  const auto last = roll_up(temp.store, at(start + 11 * day), rule, false);
  CHECK(last.events_removed == 1);
  CHECK(temp.add_cpu("ann", file).expired == 2);
}

TEST_CASE("somebody's old samples that come for the first time are rolled up too") {
  TempHistory temp;
  temp.add_cpu("ann", {{start, 1}});
  roll_up(temp.store, at(start + 3 * day), rule, false);
  CHECK(temp.add_cpu("bob", {{start, 5}}).added == 1);
  roll_up(temp.store, at(start + 3 * day), rule, false);
  CHECK(rows(temp, "hours") == Rows{"0 1 100 100", "0 1 500 500"});
  CHECK(temp.count("samples") == 0);
}

TEST_CASE("a clock that was set back, and a dry run, remove nothing") {
  TempHistory temp;
  temp.add([](Recorder& recorder) { recorder.take(domain::Connection{"ann", at(start), true}); });
  const auto would = roll_up(temp.store, at(start + 20 * day), rule, true);
  CHECK(would.events_removed == 1);
  CHECK(temp.count("connections") == 1);
  roll_up(temp.store, at(start + 9 * day), rule, false);
  roll_up(temp.store, at(start - 9 * day), rule, false);
  CHECK(temp.count("connections") == 1);
  CHECK(temp.store.kept().all_from == start - day);
}
