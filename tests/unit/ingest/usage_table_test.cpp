// Tables of recorded use (SPEC D1).
#include "ingest/usage_table.hpp"

#include "base/error.hpp"
#include "gathered.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::ingest;
using namespace deskloom::test;

namespace {

struct Read {
  std::vector<std::string> lines;
  TableReport report;
};

Read read(const std::string& text, UsageType type, TableFormat format = TableFormat::csv,
          TableOptions options = {}) {
  options.type = type;
  options.format = format;
  base::TextSource source(text);
  Gathered gathered;
  const auto report = read_table(source, options, gathered);
  return {gathered.lines, report};
}

std::vector<std::string> rejected(const std::string& text, UsageType type,
                                  TableFormat format = TableFormat::csv) {
  std::vector<std::string> reasons;
  for (const auto& [line, reason] : read(text, type, format).report.examples)
    reasons.push_back(std::to_string(line) + ": " + reason);
  return reasons;
}

std::string error_of(const std::string& text, UsageType type, TableFormat format = TableFormat::csv,
                     const TableOptions& options = {}) {
  try {
    read(text, type, format, options);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    return std::string(error.what()) + " / " + error.hint();
  }
  return "";
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("every type of table makes its events, in CSV and in JSON Lines") {
  CHECK(read("user,start,end\nann,10,20\nbob,30,\n", UsageType::sessions).lines ==
        Lines{"10 ann connect", "20 ann disconnect", "30 bob connect"});
  CHECK(read("event,user,at\nlogin,ann,10\n0,ann,11\n", UsageType::connections).lines ==
        Lines{"10 ann connect", "11 ann disconnect"});
  CHECK(read("user,at,application,dwell,more\nann,10,gimp,300,x\nann,11,vi,,\n", UsageType::launches).lines ==
        Lines{"10 ann launch gimp 300", "11 ann launch vi 0"});
  CHECK(read("{\"user\":\"ann\",\"at\":10,\"type\":\"odt\"}\n", UsageType::files, TableFormat::json_lines)
            .lines == Lines{"10 ann files odt 1"});
  CHECK(read("{\"place\":\"B \\u00e9\",\"x\":[1,{\"y\":2}],\"at\":\"10\",\"user\":\"ann\"}",
             UsageType::locations, TableFormat::json_lines)
            .lines == Lines{"10 ann visit B \xc3\xa9"});
  CHECK(read("user,at,cpu,memory\nann,10,1.5,\nann,11,,7\n", UsageType::samples).lines ==
        Lines{"10 ann sample cpu=150", "11 ann sample memory=700"});
  CHECK(read("{\"user\":\"ann\",\"at\":10,\"cpu\":0.25,\"gpu\":null}\n\n", UsageType::samples,
             TableFormat::json_lines)
            .lines == Lines{"10 ann sample cpu=25"});
}

TEST_CASE("CSV may be quoted, have a byte order mark, carriage returns, and end without a newline") {
  const auto result = read("\xef\xbb\xbfuser,at,application\r\n\"ann\",10,\"a \"\"b\"\", c\"\r\n\r\nbob,11,d",
                           UsageType::launches);
  CHECK(result.lines == Lines{"10 ann launch a \"b\", c 0", "11 bob launch d 0"});
  CHECK(result.report.lines == 2);
}

TEST_CASE("columns may have other names, and zones other clocks") {
  TableOptions options;
  options.columns = {{"user", "login"}, {"at", "time"}};
  options.time_zone = "Europe/Warsaw";
  const std::string text =
      "time,login,event\n2026-01-31 08:59:00,ann,login\n2026-07-01T08:59:00,ann,logout\n";
  CHECK(read(text, UsageType::connections, TableFormat::csv, options).lines ==
        Lines{"1769846340 ann connect", "1782889140 ann disconnect"});
  options.columns = {{"name", "login"}};
  CHECK_THAT(error_of(text, UsageType::connections, TableFormat::csv, options), Contains("no column 'name'"));
  options.columns = {};
  CHECK_THAT(error_of(text, UsageType::connections, TableFormat::csv, options),
             Contains("no column 'user'") && Contains("time, login, event") && Contains("--column"));
  options.time_zone = "Europe/Warschau";
  CHECK_THAT(error_of(text, UsageType::connections, TableFormat::csv, options), Contains("no time zone"));
}

TEST_CASE("wrong lines are passed over and told by number, as an editor counts") {
  CHECK(rejected("user,start,end\nann,10,9\n,10,20\nann,ten,20\nann,10\n\n\"a\nb\",10,20\nann,10,20\n",
                 UsageType::sessions) ==
        Lines{"2: end '9' is before the start", "3: user is missing",
              "4: start: 'ten' is no time like 2026-01-31T08:59:00Z or 1769849940",
              "5: has 2 columns, the header 3", "7: user 'a\\x0ab' has control characters"});
  CHECK(rejected("user,at,cpu\nann,1,nan\nann,1,-1\nann,1,inf\nann,1,1x\n", UsageType::samples).size() == 4);
  CHECK(rejected("{\"user\":\"a\"\n[]\n{\"user\":[1],\"at\":1,\"event\":1}\n{\"user\":\"a\",\"at\":1,"
                 "\"event\":1}{}\n",
                 UsageType::connections,
                 TableFormat::json_lines) == Lines{"1: is no JSON", "2: is no JSON object",
                                                   "3: has no text or number as 'user'", "4: is no JSON"});
}

TEST_CASE("a stray quote costs its line, and one that is not closed the rest") {
  const auto result = read("user,at,application\nann,10,a\"b\nbob,11,c\nbob,12,\"d\n", UsageType::launches);
  CHECK(result.lines == Lines{"11 bob launch c 0"});
  REQUIRE(result.report.examples.size() == 2);
  CHECK(result.report.examples[0].line == 2);
  CHECK_THAT(result.report.examples[1].reason, Contains("not closed"));
}

TEST_CASE("no header, an empty file, and a line without end are errors") {
  CHECK_THAT(error_of("", UsageType::sessions), Contains("no header"));
  CHECK_THAT(error_of("user,at,application\nann,10,\"" + std::string(2 << 20, 'x'), UsageType::launches),
             Contains("line 2 is longer"));
  CHECK_THAT(
      error_of("{\"user\":\"" + std::string(2 << 20, 'x'), UsageType::launches, TableFormat::json_lines),
      Contains("line 1 is longer"));
  CHECK(read("", UsageType::sessions, TableFormat::json_lines).lines.empty());
}

TEST_CASE("lines that stand over two blocks are read whole") {
  std::string csv = "user,at,application,note\n", json;
  for (std::size_t i = 0; i < 20'000; ++i) {
    const std::string at = std::to_string(i);
    csv += "ann," + at + ",gimp," + std::string(i % 61, 'n') + "\n";
    json += "{\"user\":\"ann\",\"at\":" + at + ",\"application\":\"gimp\",\"note\":\"" +
            std::string(i % 61, 'n') + "\"}\n";
  }
  const auto from_csv = read(csv, UsageType::launches);
  REQUIRE(from_csv.lines.size() == 20'000);
  CHECK(from_csv.lines[19'999] == "19999 ann launch gimp 0");
  CHECK(read(json, UsageType::launches, TableFormat::json_lines).lines == from_csv.lines);
}
