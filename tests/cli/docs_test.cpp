#include "base/fd.hpp"
#include "commands.hpp"
#include "frame/describe.hpp"
#include "frame/help.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;

namespace {

std::string page_of(std::string_view noun) {
  const std::string page = "deskloom-" + std::string(noun) + ".1";
  std::string text = base::read_file(std::filesystem::path(DESKLOOM_MAN_DIR) / page, 1 << 20);
  for (std::size_t at = 0; (at = text.find("\\-", at)) != std::string::npos;) text.replace(at, 2, "-");
  return text;
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
  CHECK(schemas == cmd::commands().size() + 1);  // and error.schema.json
}
