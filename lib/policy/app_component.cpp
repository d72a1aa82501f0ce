#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "policy/app_reading.hpp"

namespace deskloom::policy {
namespace {

using base::Json;
using domain::AppComponent;
using Names = std::vector<std::string>;

constexpr int max_port = 65535;
constexpr int max_interval_s = 3600;
constexpr int max_timeout_s = 600;
constexpr int max_retries = 100;

// It stands in files of lines.
bool is_one_line(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

bool is_argument(std::string_view text) { return !text.empty() && is_one_line(text); }

constexpr Format value_format{"a text of one line", is_one_line};
constexpr Format argument_format{"a text of one line that is not empty", is_argument};

bool is_variable(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  constexpr std::string_view others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return !text.empty() && letters.find(text[0]) != letters.npos &&
         text.find_first_not_of(others) == text.npos;
}

std::vector<std::string> take_command(ObjectReader& reader) {
  auto command = reader.texts("command", argument_format);
  const Json& given = reader.value("command");
  if (given.is_array() && given.empty()) reader.complain("command", "must name a program, not be empty");
  return command;
}

std::vector<int> take_ports(ObjectReader& reader) {
  std::vector<int> ports;
  const Json& given = reader.value("ports");
  if (!given.is_array()) {
    reader.complain("ports", "must be an array, not " + describe(given));
    return ports;
  }
  for (const Json& port : given) {
    const double number = port.is_number() ? port.get<double>() : 0;
    if (number < 1 || number > max_port || number != static_cast<int>(number)) {
      reader.complain("ports",
                      "must be ports from 1 to " + std::to_string(max_port) + ", not " + describe(port));
    } else {
      ports.push_back(static_cast<int>(number));
    }
  }
  return ports;
}

domain::AppHealth take_health(ObjectReader& reader) {
  domain::AppHealth health;
  health.command = take_command(reader);
  if (reader.has("interval_s")) health.interval_s = reader.integer("interval_s", 1, max_interval_s);
  if (reader.has("timeout_s")) health.timeout_s = reader.integer("timeout_s", 1, max_timeout_s);
  if (reader.has("retries")) health.retries = reader.integer("retries", 1, max_retries);
  return health;
}

void take_wiring(ObjectReader& reader, AppComponent& component) {
  if (reader.has("env")) {
    reader.named("env", [&](ObjectReader& r, const std::string& name) {
      component.env[name] = r.text(name, value_format);
      if (!is_variable(name)) r.complain(name, "is not the name of an environment variable");
    });
  }
  if (reader.has("ports")) component.ports = take_ports(reader);
  if (reader.has("depends_on")) component.depends_on = reader.texts("depends_on", object_name);
  if (reader.has("anti_affinity")) component.anti_affinity = reader.texts("anti_affinity", object_name);
  if (reader.has("co_locate_with")) component.co_located_with = reader.texts("co_locate_with", object_name);
}

AppComponent take_component(ObjectReader& reader) {
  AppComponent component;
  component.name = reader.text("name", object_name);
  reader.object("application_source", [&](ObjectReader& r) { component.source = take_source(r); });
  if (reader.has("resource_profile")) {
    reader.object("resource_profile", [&](ObjectReader& r) { component.resources = take_resources(r); });
    refuse_storage_rate(reader, component.source, *component.resources);
  }
  if (reader.has("image")) component.image = reader.text("image", object_name);
  if (reader.has("command")) component.command = take_command(reader);
  take_wiring(reader, component);
  if (reader.has("health"))
    reader.object("health", [&](ObjectReader& r) { component.health = take_health(r); });
  if (reader.has("on_failure")) {
    const auto rule = domain::find_failure_rule(reader.word("on_failure", {"restart", "move", "end"}));
    component.on_failure = rule.value_or(domain::FailureRule::restart);
  }
  return component;
}

// What no look at one component alone can find.
class CrossCheck {
 public:
  CrossCheck(ObjectReader& reader, const std::vector<AppComponent>& components)
      : reader_(reader), components_(components) {}

  void check() {
    for (const AppComponent& component : components_) {
      if (!names_.insert(component.name).second)
        complain("has two components of the name \"" + component.name + "\"");
    }
    for (const AppComponent& component : components_) check_names(component);
    const auto cycle = domain::start_order(components_).cycle;
    if (!cycle.empty())
      complain("has components that depend on each other in a ring: " + base::join(cycle, ", "));
  }

 private:
  void complain(const std::string& complaint) { reader_.complain("components", complaint); }

  void check_names(const AppComponent& component) {
    check_list(component, "depends_on", component.depends_on);
    check_list(component, "anti_affinity", component.anti_affinity);
    check_list(component, "co_locate_with", component.co_located_with);
  }

  void check_list(const AppComponent& component, const std::string& key, const Names& named) {
    const auto where = [&](const std::string& name) {
      return "\"" + component.name + "\" names \"" + name + "\" in " + key;
    };
    for (const std::string& name : named) {
      if (name == component.name) {
        complain(where(name) + ", which is itself");
      } else if (!names_.contains(name)) {
        const auto near = base::nearest(name, Names(names_.begin(), names_.end()));
        complain(where(name) + ", which is no component" + (near ? "; did you mean \"" + *near + "\"?" : ""));
      }
    }
  }

  ObjectReader& reader_;
  const std::vector<AppComponent>& components_;
  std::set<std::string> names_;
};

}  // namespace

std::vector<AppComponent> take_components(ObjectReader& reader) {
  std::vector<AppComponent> components;
  reader.objects("components", [&](ObjectReader& r) { components.push_back(take_component(r)); });
  // Names that were not read are complained about already.
  const bool all_named =
      std::ranges::none_of(components, [](const AppComponent& component) { return component.name.empty(); });
  if (all_named) CrossCheck(reader, components).check();
  return components;
}

}  // namespace deskloom::policy
