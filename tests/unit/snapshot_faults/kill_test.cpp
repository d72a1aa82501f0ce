// kill -9 at every call that changes the store.
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "base/fd.hpp"
#include "scenarios.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::test;

namespace fs = std::filesystem;
using Fault = FaultPlan::Fault;

namespace {

void say(int to, const std::string& line) { base::write_full(to, line + "\n", "pipe"); }

// What a child said before it died, told on.
void retell(int from, const Events& events) {
  std::string text(1 << 16, '\0');
  text.resize(base::read_full(from, text.data(), text.size(), "pipe"));
  std::istringstream lines(text);
  std::string what, id;
  int number = 0;
  while (lines >> what >> id >> number) {
    if (what == "captured") {
      events.on_captured(id, number);
    } else {
      events.on_removing(id);
    }
  }
}

// True when it was killed, false when it ended first.
bool act_in_child(const Scenario& scenario, const FaultPlan& plan, const Events& events) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const base::UniqueFd from(ends[0]);
  base::UniqueFd to(ends[1]);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const Events told{
        [&](const auto& id, int number) { say(ends[1], "captured " + id + " " + std::to_string(number)); },
        [&](const auto& id) { say(ends[1], "removing " + id + " 0"); }};
    const FaultLayer layer(plan);
    try {
      scenario.act(plan.below, told);
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  to.reset();
  retell(from.get(), events);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return true;
  REQUIRE(WEXITSTATUS(status) == 0);
  return false;
}

}  // namespace

TEST_CASE("kill -9 at every change of the store loses nothing that was acknowledged") {
  for (const Scenario& scenario : scenarios()) {
    TempDir prepared;
    Expected before;
    {
      fs::create_directory(prepared / "store");
      const FaultLayer quick({.below = prepared / "store"});
      scenario.prepare(prepared / "store", before.events());
    }
    for (const Fault fault : {Fault::kill_before, Fault::kill_within}) {
      bool was_killed = true;
      for (std::uint64_t at = 1; was_killed; ++at) {
        INFO(scenario.name << ", killed " << (fault == Fault::kill_before ? "before" : "within") << " change "
                           << at);
        TempDir dir;
        const fs::path store = dir / "store";
        fs::copy(prepared / "store", store, fs::copy_options::recursive);
        Expected expected = before;
        was_killed = act_in_child(scenario, {.below = store, .fault = fault, .at = at}, expected.events());
        const FaultLayer quick({.below = store});
        check_store(scenario, store, expected.trees());
      }
    }
  }
}

TEST_CASE("the scenarios do what they are to be interrupted in") {
  TempDir dir;
  fs::create_directory(dir / "store");
  const FaultLayer quick({.below = dir / "store"});
  for (const Scenario& scenario : scenarios()) {
    fs::remove_all(dir / "store");
    fs::create_directory(dir / "store");
    scenario.prepare(dir / "store", {});
    const auto files = [&](const char* part) {
      std::error_code missing;
      return std::distance(fs::directory_iterator(dir / "store" / part, missing), fs::directory_iterator());
    };
    const auto tables = files("index");
    const auto packs = files("packs");
    scenario.act(dir / "store", {});
    INFO(scenario.name);
    if (scenario.name.find("merges") != scenario.name.npos) CHECK(files("index") < tables);
    if (scenario.name.find("rewrites") != scenario.name.npos) CHECK(files("packs") == packs);
    if (scenario.name.find("few packs") != scenario.name.npos) CHECK(files("packs") == 1);
  }
}
