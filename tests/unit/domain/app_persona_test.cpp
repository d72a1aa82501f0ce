// F1: the order in which components start.
#include "domain/app_persona.hpp"

#include <algorithm>
#include <random>

#include "support/catch.hpp"

using namespace deskloom;
using domain::AppComponent;

namespace {

AppComponent component(const std::string& name, const std::vector<std::string>& depends_on = {}) {
  AppComponent component;
  component.name = name;
  component.depends_on = depends_on;
  return component;
}

std::vector<std::string> order(const std::vector<AppComponent>& components) {
  std::vector<std::string> names;
  for (const auto* component : domain::start_order(components).order) names.push_back(component->name);
  return names;
}

}  // namespace

TEST_CASE("F1: a component starts after those it depends on, and else as listed") {
  CHECK(order({component("worker", {"db", "queue"}), component("queue", {"db"}), component("db"),
               component("web")}) == std::vector<std::string>{"db", "queue", "worker", "web"});
  CHECK(order({}).empty());
}

TEST_CASE("F1: a ring is named without what only leads to it") {
  const std::vector<AppComponent> components{component("a", {"b"}), component("b", {"c"}),
                                             component("c", {"b"})};
  CHECK(domain::start_order(components).order.empty());
  CHECK(domain::start_order(components).cycle == std::vector<std::string>{"b", "c"});
}

TEST_CASE("F1: without a ring there is an order of all, and it holds") {
  std::mt19937 random(11);
  for (int i = 0; i < 300; ++i) {
    std::vector<AppComponent> components;
    for (int n = 0; n < 8; ++n) {
      components.push_back(component(std::to_string(n)));
      for (int earlier = 0; earlier < n; ++earlier) {
        if (random() % 4 == 0) components.back().depends_on.push_back(std::to_string(earlier));
      }
    }
    std::shuffle(components.begin(), components.end(), random);
    const auto names = order(components);
    REQUIRE(names.size() == components.size());
    for (const auto& c : components) {
      for (const auto& needed : c.depends_on)
        REQUIRE(std::ranges::find(names, needed) < std::ranges::find(names, c.name));
    }
  }
}
