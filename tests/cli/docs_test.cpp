#include <fmt/format.h>

#include <set>
#include <sstream>

#include "base/fd.hpp"
#include "base/sqlite.hpp"
#include "commands.hpp"
#include "forecast/schema.hpp"
#include "frame/describe.hpp"
#include "frame/help.hpp"
#include "predict/ahead/features.hpp"
#include "predict/application/model.hpp"
#include "predict/place/model.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& page) {
  std::string text = base::read_file(page, 1 << 20);
  for (std::size_t at = 0; (at = text.find("\\-", at)) != std::string::npos;) text.replace(at, 2, "-");
  return text;
}

std::string page_of(std::string_view noun) {
  return text_of(fs::path(DESKLOOM_MAN_DIR) / ("deskloom-" + std::string(noun) + ".1"));
}

// Those that are made, and those that are as they lie in the source.
std::vector<fs::path> pages() {
  std::vector<fs::path> pages;
  for (const char* directory : {DESKLOOM_MAN_DIR, DESKLOOM_MAN_SOURCES}) {
    for (const auto& entry : fs::directory_iterator(directory)) {
      const std::string extension = entry.path().extension();
      if (extension.size() == 2 && extension > ".0" && extension <= ".9") pages.push_back(entry.path());
    }
  }
  return pages;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every option stands in help, manual and completions") {
  for (const auto& command : cmd::commands()) {
    const std::string help = frame::command_help(command);
    const std::string page = page_of(command.noun);
    std::vector<std::string> words{"__complete", std::string(command.noun)};
    if (!command.verb.empty()) words.emplace_back(command.verb);
    words.emplace_back("-");
    const std::string completions = test::run_deskloom(words).out;
    for (const auto& option : frame::describe(command).options) {
      INFO(command.path() << " " << option.label());
      CHECK(contains(help, "  " + option.label() + " "));
      CHECK(contains(page, ".B " + option.label() + "\n"));
      CHECK(contains("\n" + completions, "\n" + option.names.back() + "\t"));
    }
  }
}

TEST_CASE("every option and argument is explained") {
  for (const auto& command : cmd::commands()) {
    const auto doc = frame::describe(command);
    for (const auto& docs : {doc.options, doc.arguments}) {
      for (const auto& option : docs) {
        INFO(command.path() << " " << option.label());
        CHECK_FALSE(option.text.empty());
      }
    }
  }
}

TEST_CASE("every page lists every exit code") {
  for (const auto& command : cmd::commands()) {
    const std::string page = page_of(command.noun);
    for (const auto& info : frame::exit_codes()) {
      CHECK(contains(
          page, ".B " + std::to_string(static_cast<int>(info.code)) + " (" + std::string(info.name) + ")"));
    }
  }
}

TEST_CASE("pages lead to pages that there are") {
  std::set<std::string> names;
  for (const fs::path& page : pages()) names.insert(page.filename());
  CHECK(names.contains("deskloom-model.7"));
  for (const fs::path& page : pages()) {
    std::istringstream lines(text_of(page));
    for (std::string line; std::getline(lines, line);) {
      const std::size_t open = line.find(" (");
      if (!line.starts_with(".BR deskloom") || open == std::string::npos || open + 3 >= line.size()) continue;
      INFO(page << ": " << line);
      CHECK(names.contains(line.substr(4, open - 4) + "." + line[open + 2]));
    }
  }
}

TEST_CASE("the page of models lists every feature, and no other, in their order") {
  const std::string page = text_of(fs::path(DESKLOOM_MAN_SOURCES) / "deskloom-model.7");
  std::size_t at = 0;
  for (std::size_t feature = 0; feature < predict::ahead_features; ++feature) {
    at = page.find(fmt::format("\n{:2}  ", feature), at);
    INFO(feature);
    REQUIRE(at != std::string::npos);
  }
  CHECK_FALSE(contains(page, fmt::format("\n{:2}  ", predict::ahead_features)));
  const std::string formats = text_of(fs::path(DESKLOOM_MAN_SOURCES) / "deskloom-formats.7");
  CHECK(contains(formats, fmt::format("[{}, {}]", predict::horizon_bands.size(), predict::ahead_features)));
  CHECK(contains(formats, fmt::format("\"place.weights\" [{}, {}]", predict::place_horizons_h.size(),
                                      static_cast<std::size_t>(predict::place_features))));
  CHECK(contains(
      formats, fmt::format("\"application.next\" [{}] and \"application.in_session\" [{}]",
                           static_cast<std::size_t>(predict::application_features), predict::use_features)));
}

TEST_CASE("every table of forecasts stands in the page of formats with its columns") {
  const std::string page = text_of(fs::path(DESKLOOM_MAN_SOURCES) / "deskloom-formats.7");
  const base::Database db(":memory:", base::Database::Mode::create);
  db.execute(forecast::schema);
  auto table = db.prepare(
      "SELECT m.name || '(' || group_concat(c.name, ', ') || ')' "
      "FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' GROUP BY m.name");
  int tables = 0;
  for (; table.step(); ++tables) {
    INFO(table.text(0));
    CHECK(contains(page, ".B " + table.text(0) + "\n"));
  }
  CHECK(tables > 5);
}

TEST_CASE("every exit code but success is allowed in JSON errors") {
  const auto schema = base::parse_json(
      base::read_file(std::filesystem::path(DESKLOOM_SCHEMAS) / "error.schema.json", 1 << 20),
      "error.schema.json");
  const auto& fields = schema["properties"]["error"]["properties"];
  CHECK(fields["code"]["enum"].size() == frame::exit_codes().size() - 1);
  for (const auto& info : frame::exit_codes()) {
    if (info.code == frame::ExitCode::done) continue;
    const auto& names = fields["name"]["enum"];
    CHECK(std::find(names.begin(), names.end(), info.name) != names.end());
  }
}

TEST_CASE("every command has a schema, and no schema is left over") {
  std::size_t schemas = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DESKLOOM_SCHEMAS)) {
    schemas += entry.path().string().ends_with(".schema.json") ? 1U : 0U;
  }
  for (const auto& command : cmd::commands()) {
    std::string name = command.path();
    std::replace(name.begin(), name.end(), ' ', '-');
    INFO(name);
    CHECK(std::filesystem::exists(std::filesystem::path(DESKLOOM_SCHEMAS) / (name + ".schema.json")));
  }
  CHECK(schemas == cmd::commands().size() + 2);  // and those of errors and application personas
}
