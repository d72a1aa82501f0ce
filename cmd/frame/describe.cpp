#include "frame/describe.hpp"

#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "frame/parse.hpp"

namespace deskloom::frame {
namespace {

OptionDoc describe_option(const CLI::Option& option) {
  OptionDoc doc;
  for (const auto& name : option.get_snames()) doc.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) doc.names.push_back("--" + name);
  if (option.get_type_size() != 0) {
    const std::string type = option.get_type_name();
    doc.value = type.substr(0, type.find(':'));  // validators add ":what they allow"
  }
  doc.text = option.get_description();
  doc.required = option.get_required();
  doc.repeated = option.get_items_expected_max() > 1;
  doc.global = option.get_group() == global_group;
  return doc;
}

}  // namespace

std::string OptionDoc::label() const {
  const std::string shown = value + (repeated ? "..." : "");
  if (names.empty()) return required ? shown : "[" + shown + "]";
  return base::join(names, ", ") + (value.empty() ? "" : " " + value);
}

std::string CommandDoc::usage() const {
  std::string line = path + " [OPTION...]";
  for (const auto& option : options) {
    if (option.required) line += " " + option.label();
  }
  for (const auto& argument : arguments) line += " " + argument.label();
  return line;
}

CommandDoc describe(const Command& command) {
  Globals unused;
  CLI::App app;
  static_cast<void>(declare(command, app, unused));
  CommandDoc doc{"deskloom " + command.path(), std::string(command.summary), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? doc.arguments : doc.options).push_back(describe_option(*option));
  }
  return doc;
}

std::vector<OptionDoc> describe_globals() {
  Globals unused;
  CLI::App app;
  app.set_help_flag();
  add_globals(app, unused);
  std::vector<OptionDoc> result;
  for (const CLI::Option* option : app.get_options()) result.push_back(describe_option(*option));
  return result;
}

}  // namespace deskloom::frame
