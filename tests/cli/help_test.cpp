#include <sstream>

#include "base/text.hpp"
#include "commands.hpp"
#include "frame/select.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::run_deskloom;

namespace {

std::vector<std::string> words(const std::string& path) {
  std::istringstream in(path);
  std::vector<std::string> result;
  for (std::string word; in >> word;) result.push_back(word);
  return result;
}

// Every page of --help, by what it was asked for.
std::vector<std::string> pages() {
  std::vector<std::string> result{""};
  for (const auto& noun : frame::nouns(cmd::commands())) result.push_back(noun);
  for (const auto& command : cmd::commands()) result.push_back(command.path());
  return result;
}

}  // namespace

TEST_CASE("every page of --help ends with 0 and fits into 80 columns") {
  for (const auto& page : pages()) {
    CAPTURE(page);
    auto args = words(page);
    args.push_back("--help");
    const auto help = run_deskloom(args);
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    CHECK_THAT(help.out, test::Contains("deskloom " + page));
    std::istringstream lines(help.out);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(line.size() <= 80);
    }
  }
}

TEST_CASE("the help of a command that changes the world offers --dry-run, that of others does not") {
  for (const auto& command : cmd::commands()) {
    CAPTURE(command.path());
    auto args = words(command.path());
    args.push_back("--help");
    const bool offered = run_deskloom(args).out.find("--dry-run") != std::string::npos;
    CHECK(offered == (command.changes == frame::Changes::world));
  }
}

TEST_CASE("a misspelt word is usage and names the nearest") {
  struct Case {
    std::vector<std::string> args;
    std::string problem;
    std::string nearest;
  };
  const Case cases[] = {
      {{"statu"}, "there is no command 'statu'", "did you mean 'status'?"},
      {{"pool", "aply"}, "'pool' has no verb 'aply'", "did you mean 'apply'?"},
      {{"status", "--jsn"}, "unknown option '--jsn'", "did you mean '--json'?"},
      {{"instance", "list", "--stat=warm"}, "unknown option '--stat=warm'", "did you mean '--state'?"},
  };
  for (const auto& c : cases) {
    CAPTURE(base::join(c.args, " "));
    const auto said = run_deskloom(c.args);
    CHECK(said.code == 2);
    CHECK(said.out.empty());
    CHECK_THAT(said.err, test::Contains(c.problem) && test::Contains(c.nearest));
  }
}

TEST_CASE("what is missing or too much is usage") {
  const std::vector<std::string> cases[] = {
      {},
      {"pool"},
      {"instance", "show"},
      {"instance", "show", "a", "b"},
      {"status", "--lock-timeout", "soon"},
      {"status", "--config"},
      {"snapshot", "list", "--limit", "0"},
  };
  for (const auto& args : cases) {
    CAPTURE(base::join(args, " "));
    const auto said = run_deskloom(args);
    CHECK(said.code == 2);
    CHECK_THAT(said.err, test::Contains("hint: "));
  }
}

TEST_CASE("usage under --json is a JSON error on stderr") {
  const auto said = run_deskloom({"--json", "pool", "aply"});
  CHECK(said.code == 2);
  CHECK(said.json["error"]["code"] == 2);
  CHECK(said.json["error"]["name"] == "usage");
  CHECK(said.json["error"]["hint"] == "did you mean 'apply'?");
}

TEST_CASE("an argument with control characters does not reach the terminal raw") {
  const auto said = run_deskloom({"status", "\033[2Jx\xff"});
  CHECK(said.code == 2);
  CHECK(said.err.find('\033') == std::string::npos);
  CHECK(base::is_valid_utf8(said.err));
}
