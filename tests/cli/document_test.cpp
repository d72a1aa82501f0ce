#include "frame/document.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using frame::Document;
using frame::Table;
using frame::Value;

namespace {

Table two_rows() {
  Table table({{"name", "NAME"}, {"size_bytes", "SIZE"}, {"secret", ""}, {"note", "NOTE"}});
  table.add({"a", Value::size(2048), 1, std::optional<std::string>()});
  table.add({"longer", Value::size(5), 2, "x"});
  return table;
}

}  // namespace

TEST_CASE("a table aligns numbers right, text left, and shows only titled columns") {
  CHECK(two_rows().text(false) ==
        "NAME       SIZE  NOTE\n"
        "a       2.0 KiB  -\n"
        "longer      5 B  x\n");
}

TEST_CASE("JSON has every column, bytes as numbers and null for what is absent") {
  CHECK(Document().table("rows", "", two_rows()).json().dump() ==
        R"({"version":1,"rows":[{"name":"a","size_bytes":2048,"secret":1,"note":null},)"
        R"({"name":"longer","size_bytes":5,"secret":2,"note":"x"}]})");
}

TEST_CASE("names cannot move the terminal's cursor, and JSON keeps them as they are") {
  Table table(std::vector<frame::Column>{{"name", "NAME"}});
  table.add({"a\033[2Jb"});
  CHECK(table.text(false) == "NAME\na\\x1b[2Jb\n");
  CHECK(table.json()[0]["name"] == "a\033[2Jb");
}

TEST_CASE("columns stay aligned behind names with letters of several bytes") {
  Table table({{"a", "A"}, {"b", "B"}});
  table.add({"äö", "1"});
  table.add({"abc", "2"});
  CHECK(table.text(false) == "A    B\näö   1\nabc  2\n");
}

TEST_CASE("fields come first, a table without rows says so, titles are bold only when asked for") {
  Document document;
  document.field("at", "At", base::from_ns(1'500'000'000))
      .table("rows", "Rows", Table(std::vector<frame::Column>{{"a", "A"}}), "no rows");
  CHECK(document.text(false) == "At:  1970-01-01T00:00:01Z\n\nRows\nno rows\n");
  CHECK(document.text(true).find("\033[1mRows\033[0m") != std::string::npos);
  CHECK(document.json()["at"] == "1970-01-01T00:00:01.500Z");
}

TEST_CASE("a row of the wrong length is refused") {
  Table table({{"a", "A"}, {"b", "B"}});
  CHECK_THROWS_AS(table.add({"only one"}), std::logic_error);
}
