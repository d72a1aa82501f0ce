// The power fails at any moment: what was written but not flushed may be lost, torn, or out of order.
#include "support/faults/power_cut.hpp"

#include <random>

#include "scenarios.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::test;

namespace fs = std::filesystem;

namespace {

// Of each moment: nothing on its way arrived; all names but no data; all data but no names; all data, and of
// the names every second one, so that later ones overtake earlier ones; and by chance.
constexpr int chosen_states = 4;
constexpr int random_states = 1;

PowerCut::Choice choice_of(int state, std::mt19937& random) {
  const auto always = [](bool arrives) { return [arrives] { return arrives; }; };
  if (state == 0) return {always(false), always(false)};
  if (state == 1) return {always(false), always(true)};
  if (state == 2) return {always(true), always(false)};
  if (state == 3) return {always(true), [arrives = true]() mutable { return arrives = !arrives; }};
  const auto by_chance = [&random] { return random() % 2 == 0; };
  return {by_chance, by_chance};
}

// What was acknowledged after how many calls.
struct History {
  std::vector<Call> calls;
  std::vector<std::pair<std::size_t, std::function<void(const Events&)>>> events;
};

History record(const Scenario& scenario, const fs::path& store) {
  History history;
  const FaultLayer layer({.below = store, .record = true});
  const auto note = [&](std::function<void(const Events&)> event) {
    history.events.emplace_back(layer.log().size(), std::move(event));
  };
  scenario.act(store,
               {[&](const std::string& id, int number) {
                  note([=](const Events& events) { events.on_captured(id, number); });
                },
                [&](const std::string& id) { note([=](const Events& events) { events.on_removing(id); }); }});
  history.calls = layer.log();
  return history;
}

void check_state(const Scenario& scenario, const PowerCut& cut, const PowerCut::Choice& choice,
                 const Expected& expected) {
  TempDir dir;
  cut.build(dir / "store", choice);
  const FaultLayer quick({.below = dir / "store"});
  check_store(scenario, dir / "store", expected.trees());
}

}  // namespace

TEST_CASE("a power cut at any moment loses nothing that was acknowledged") {
  std::mt19937 random(5);
  for (const Scenario& scenario : scenarios()) {
    TempDir dir;
    Expected expected;
    fs::create_directory(dir / "store");
    {
      const FaultLayer quick({.below = dir / "store"});
      scenario.prepare(dir / "store", expected.events());
    }
    PowerCut cut(dir / "store");
    const History history = record(scenario, dir / "store");
    auto event = history.events.begin();
    for (std::size_t played = 0; played <= history.calls.size(); ++played) {
      if (played > 0) cut.play(history.calls[played - 1]);
      for (; event != history.events.end() && event->first <= played; ++event)
        event->second(expected.events());
      const int states = cut.pending() == 0 ? 1 : chosen_states + random_states;
      for (int state = 0; state < states; ++state) {
        INFO(scenario.name << ", cut after call " << played << " of " << history.calls.size() << ", state "
                           << state);
        check_state(scenario, cut, choice_of(state, random), expected);
      }
    }
  }
}
