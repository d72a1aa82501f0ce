#include "base/fd.hpp"
#include "commands.hpp"
#include "frame/describe.hpp"
#include "state/store.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deskloom;

namespace {

// The command with something for all that it requires.
std::vector<std::string> minimal_call(const frame::Command& command) {
  std::vector<std::string> args{std::string(command.noun)};
  if (!command.verb.empty()) args.emplace_back(command.verb);
  const auto doc = frame::describe(command);
  for (const auto& option : doc.options) {
    if (option.required) args.insert(args.end(), {option.names.back(), "x"});
  }
  for (const auto& argument : doc.arguments) {
    if (argument.required) args.emplace_back("x");
  }
  return args;
}

bool needs_state(const frame::Command& command) {
  return command.needs == frame::Needs::state_read || command.needs == frame::Needs::state_write;
}

void check_usage(const Deskloom& deskloom, const std::vector<std::string>& args, const std::string& message,
                 const std::string& hint) {
  const auto error = deskloom.run_json(args, 2)["error"];
  CHECK(error["name"] == "usage");
  CHECK(error["message"].get<std::string>().find(message) != std::string::npos);
  CHECK(error["hint"].get<std::string>().find(hint) != std::string::npos);
}

// Every command that opens the state store, on what prepare has made of it.
void check_every_state_command(const Deskloom& deskloom, int exit_code, const std::string& name) {
  for (const auto& command : cmd::commands()) {
    if (!needs_state(command)) continue;
    CHECK(deskloom.run_json(minimal_call(command), exit_code)["error"]["name"] == name);
  }
}

}  // namespace

TEST_CASE("a mistyped command, verb or option is answered with the nearest one") {
  const Deskloom deskloom;
  check_usage(deskloom, {"instnace", "list"}, "no command 'instnace'", "'instance'");
  check_usage(deskloom, {"instance", "lst"}, "no verb 'lst'", "'list'");
  check_usage(deskloom, {"instance", "list", "--pol=x"}, "unknown option '--pol=x'", "'--pool'");
  check_usage(deskloom, {"instance"}, "needs a verb", "list");
  check_usage(deskloom, {"--quiet"}, "no command given", "--help");
}

TEST_CASE("missing, superfluous and malformed arguments are refused") {
  const Deskloom deskloom;
  check_usage(deskloom, {"instance", "show"}, "name", "--help");
  check_usage(deskloom, {"instance", "list", "x"}, "unexpected argument 'x'", "--help");
  check_usage(deskloom, {"instance", "list", "--lock-timeout", "soon"}, "lock-timeout", "--help");
  check_usage(deskloom, {"instance", "list", "--lock-timeout", "-1"}, "-1", "--help");
  check_usage(deskloom, {"snapshot", "list", "--limit", "0"}, "limit", "--help");
}

TEST_CASE("what was typed cannot write escape sequences to the terminal") {
  const auto result = Deskloom().run({"\033[2J"});
  CHECK(result.exit_code == 2);
  CHECK(result.err.find('\033') == std::string::npos);
}

TEST_CASE("a policy with an unknown key, a wrong type or bad syntax names file and line") {
  const Deskloom deskloom;
  for (const std::string toml :
       {"[pool.a]\nflor = 1\n", "[pool.a]\nfloor = \"1\"\n", "[pool.a]\nfloor = \n"}) {
    deskloom.write_policy(toml);
    check_usage(deskloom, {"config", "check"}, "deskloom.toml:2", "");
  }
}

TEST_CASE("a policy that was named and is not there is refused") {
  CHECK(Deskloom().run({"config", "check", "--config", "/nonexistent.toml"}).exit_code == 2);
}

TEST_CASE("a state that is none is refused") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  check_usage(deskloom, {"instance", "list", "--state", "warmm"}, "warmm", "'warm'");
}

TEST_CASE("without a state store every command that needs one says how to make it") {
  const Deskloom deskloom;
  check_every_state_command(deskloom, 10, "no-store");
  CHECK(deskloom.run({"status"}).err.find("deskloom init") != std::string::npos);
}

TEST_CASE("a state store of a newer program is refused by every command") {
  const Deskloom deskloom;
  state::Store::init(deskloom.state_file());
  base::Database(deskloom.state_file(), base::Database::Mode::read_write)
      .execute("PRAGMA user_version = 999");
  check_every_state_command(deskloom, 13, "store-newer");
}

TEST_CASE("a state store that is no database is refused by every command") {
  const Deskloom deskloom;
  base::make_private_directories(deskloom.state_dir());
  base::write_file_durably(deskloom.state_file(), std::string(8192, 'x'));
  check_every_state_command(deskloom, 14, "corrupt");
}

TEST_CASE("an unknown instance, pool or snapshot is not found") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  CHECK(deskloom.run_json({"instance", "show", "../office"}, 17)["error"]["name"] == "not-found");
  CHECK(deskloom.run_json({"pool", "status", "offce"}, 17)["error"]["hint"].get<std::string>().find(
            "office") != std::string::npos);
  CHECK(deskloom.run({"snapshot", "show", "ffffffff"}).exit_code == 17);
}

TEST_CASE("a user who is being worked on is locked, and the holder is named") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  const state::Store store(deskloom.state_file(), state::Store::Access::write);
  REQUIRE(store.leases.try_acquire("user:alice", base::this_process(), "a test"));
  const auto error = deskloom.run_json({"session", "assign", "alice", "--lock-timeout", "0"}, 11)["error"];
  CHECK(error["message"].get<std::string>().find("a test") != std::string::npos);
}
