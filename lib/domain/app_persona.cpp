#include "domain/app_persona.hpp"

#include <algorithm>
#include <utility>

namespace deskloom::domain {
namespace {

constexpr std::array<std::string_view, 3> level_names{"low", "medium", "high"};
constexpr std::array<std::string_view, 3> rule_names{"restart", "move", "end"};

// Depth first: what a component depends on goes before it, and one that is met while it is being looked at
// closes a ring.
class Sorter {
 public:
  explicit Sorter(const std::vector<AppComponent>& components) : components_(components) {}

  StartOrder sort() {
    for (const AppComponent& component : components_) {
      if (!visit(component)) return {{}, std::move(cycle_)};
    }
    return {std::move(order_), {}};
  }

 private:
  bool visit(const AppComponent& component) {
    if (std::find(order_.begin(), order_.end(), &component) != order_.end()) return true;
    const auto met = std::find(path_.begin(), path_.end(), &component);
    if (met != path_.end()) {
      for (auto at = met; at != path_.end(); ++at) cycle_.push_back((*at)->name);
      return false;
    }
    path_.push_back(&component);
    for (const std::string& name : component.depends_on) {
      const auto needed = std::find_if(components_.begin(), components_.end(),
                                       [&](const AppComponent& other) { return other.name == name; });
      if (needed != components_.end() && !visit(*needed)) return false;
    }
    path_.pop_back();
    order_.push_back(&component);
    return true;
  }

  const std::vector<AppComponent>& components_;
  std::vector<const AppComponent*> order_, path_;
  std::vector<std::string> cycle_;
};

}  // namespace

std::string_view to_string(UseLevel level) { return level_names[static_cast<std::size_t>(level)]; }

std::optional<UseLevel> find_use_level(std::string_view text) {
  const auto found = std::find(level_names.begin(), level_names.end(), text);
  if (found == level_names.end()) return std::nullopt;
  return static_cast<UseLevel>(found - level_names.begin());
}

std::string_view to_string(FailureRule rule) { return rule_names[static_cast<std::size_t>(rule)]; }

std::optional<FailureRule> find_failure_rule(std::string_view text) {
  const auto found = std::find(rule_names.begin(), rule_names.end(), text);
  if (found == rule_names.end()) return std::nullopt;
  return static_cast<FailureRule>(found - rule_names.begin());
}

StartOrder start_order(const std::vector<AppComponent>& components) { return Sorter(components).sort(); }

}  // namespace deskloom::domain
