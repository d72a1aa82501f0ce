#include <csignal>
#include <sstream>

#include "commands.hpp"
#include "frame/interrupt.hpp"
#include "frame/run.hpp"
#include "frame/select.hpp"
#include "instance/instance.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using frame::Selection;

namespace {

Selection select(const std::vector<std::string>& args) { return frame::select(cmd::commands(), args); }

// A context without a process: state in a directory, a clock that stands, streams that can be read.
struct World {
  test::TempDir directory;
  std::ostringstream out, err;
  base::FixedClock clock{base::from_ns(0)};
  base::SystemRandom random;

  frame::Context context(frame::Globals globals = {}) {
    globals.state_dir = directory.path().string();
    const auto no_host = [](const fleet::HostTarget&) -> std::unique_ptr<fleet::Runtime> {
      throw base::Error(base::ErrorKind::host_unreachable, "there is no host in this test");
    };
    const auto load = [](const policy::Sources& sources) {
      policy::Policy policy;
      policy.state_dir = *sources.state_dir;
      policy.hosts["local"].name = "local";
      return policy;
    };
    return frame::Context(globals, {out, err, clock, random, load, no_host}, frame::Context::Access::read);
  }
};

}  // namespace

TEST_CASE("global options may stand before, between and after noun and verb") {
  for (const auto& args : std::vector<std::vector<std::string>>{{"--config", "f", "pool", "status"},
                                                                {"pool", "--config", "f", "status"},
                                                                {"pool", "status", "--config", "f"}}) {
    const Selection selection = select(args);
    CHECK(selection.command->path() == "pool status");
    CHECK(selection.rest == std::vector<std::string>{"--config", "f"});
  }
}

TEST_CASE("help is for what has been named so far, and what follows -- is never an option") {
  CHECK(select({"--help"}).noun.empty());
  CHECK(select({"pool", "-h"}).command == nullptr);
  CHECK(select({"pool", "status", "--help"}).command->path() == "pool status");
  CHECK(select({"instance", "exec", "i", "--", "ls", "--help"}).kind == Selection::Kind::command);
}

TEST_CASE("--version wins over a missing command, help over --version") {
  CHECK(select({"--version"}).kind == Selection::Kind::version);
  CHECK(select({"--help", "--version"}).kind == Selection::Kind::help);
}

TEST_CASE("a command runs against a context without a process") {
  World world;
  const auto file = world.directory / "state.sqlite";
  state::Store::init(file);
  {
    const state::Store store(file, state::Store::Access::write);
    test::add_instance(store, "one-warm", domain::InstanceState::warm);
    test::add_instance(store, "one-used", domain::InstanceState::connected, "alice");
  }
  auto context = world.context();
  cmd::InstanceListOptions options;
  options.user = "alice";
  CHECK(run(options, context) == frame::ExitCode::done);
  CHECK(world.out.str().find("one-used") != std::string::npos);
  CHECK(world.out.str().find("one-warm") == std::string::npos);
}

TEST_CASE("a context opens hosts through what it was given and says who is waited for unless quiet") {
  World world;
  auto context = world.context();
  CHECK_THROWS_AS(context.open_host("local"), base::Error);
  const auto on_wait = context.on_wait();
  for (int look = 0; look < 3; ++look) on_wait("process 7");
  CHECK(world.err.str() == "waiting for process 7\n");
  frame::Globals quiet;
  quiet.quiet = true;
  auto silent = world.context(quiet);
  silent.on_wait()("process 8");
  CHECK(world.err.str() == "waiting for process 7\n");
}

TEST_CASE("the first signal only sets a flag, which loops turn into an error") {
  CHECK_NOTHROW(frame::stop_if_interrupted());
  frame::catch_interrupts();
  std::raise(SIGTERM);
  CHECK(frame::interrupted());
  CHECK_THROWS_AS(frame::stop_if_interrupted(), base::Error);
}

TEST_CASE("every kind of error has an exit code of the table") {
  for (int kind = 0; kind <= static_cast<int>(base::ErrorKind::interrupted); ++kind) {
    CHECK_FALSE(frame::name_of(frame::exit_code_of(static_cast<base::ErrorKind>(kind))).empty());
  }
  CHECK(frame::exit_code_of(base::ErrorKind::no_space) == frame::ExitCode::no_space);
}
