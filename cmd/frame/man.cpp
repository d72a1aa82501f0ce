#include "frame/man.hpp"

#include <fmt/format.h>

#include <sstream>

#include "frame/describe.hpp"
#include "frame/select.hpp"
#include "policy/policy.hpp"

namespace deskloom::frame {
namespace {

// Text as roff: no escapes, no requests, and hyphens that stay hyphens when they are copied.
std::string roff(std::string_view text) {
  std::string result = text.starts_with(".") || text.starts_with("'") ? "\\&" : "";
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string item(const std::string& label, const std::string& text) {
  return fmt::format(".TP\n.B {}\n{}\n", roff(label), roff(text));
}

std::string sentence(const std::string& text) {
  std::string result = text.ends_with(".") ? text : text + ".";
  result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
  return result;
}

std::string command_section(const Command& command) {
  const CommandDoc doc = describe(command);
  std::string section = fmt::format(".SS {}\n{}\n", roff(doc.usage()), roff(sentence(doc.summary)));
  for (const auto& argument : doc.arguments) section += item(argument.label(), sentence(argument.text));
  for (const auto& option : doc.options) {
    if (!option.global) section += item(option.label(), sentence(option.text));
  }
  return section;
}

std::string command_sections(std::span<const Command> commands, const std::string& noun) {
  std::string sections;
  if (noun.empty()) {
    for (const auto& command : commands) {
      sections += item("deskloom " + command.path(), sentence(std::string(command.summary)));
    }
    return sections;
  }
  for (const Command* command : commands_of(commands, noun)) sections += command_section(*command);
  return sections;
}

std::string global_options() {
  std::string section;
  for (const auto& option : describe_globals()) section += item(option.label(), sentence(option.text));
  return section;
}

std::string exit_status() {
  std::string section;
  for (const auto& info : exit_codes()) {
    section += item(fmt::format("{} ({})", static_cast<int>(info.code), info.name), std::string(info.text));
  }
  return section;
}

std::string policy_keys() {
  std::string section;
  std::string current = "-";
  for (const auto& key : policy::documented_keys()) {
    if (key.section != current) {
      current = key.section;
      section += fmt::format(".SS {}\n", current.empty() ? "Before any section" : "[" + roff(current) + "]");
    }
    const std::string normal = key.default_value.empty() ? "" : "; default " + key.default_value;
    section += item(key.key, sentence(key.meaning)) + fmt::format("({}{})\n", roff(key.type), roff(normal));
  }
  return section;
}

// "deskloom-pool.1.in" is about "pool"; "deskloom.1.in" about no noun.
std::string noun_of(const std::string& page) {
  const std::string prefix = "deskloom-";
  return page.starts_with(prefix) ? page.substr(prefix.size(), page.find('.') - prefix.size()) : "";
}

bool is_mark(const std::string& line) {
  return line.size() > 2 && line.starts_with("@") && line.ends_with("@");
}

}  // namespace

std::string render_page(std::span<const Command> commands, const std::string& page, const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!is_mark(line)) {
      result += line + "\n";
    } else if (line == "@COMMANDS@") {
      result += command_sections(commands, noun_of(page));
    } else if (line == "@GLOBAL_OPTIONS@") {
      result += global_options();
    } else if (line == "@EXIT_STATUS@") {
      result += exit_status();
    } else if (line == "@KEYS@") {
      result += policy_keys();
    } else {
      throw base::Error(base::ErrorKind::usage, page + ": there is no mark " + line);
    }
  }
  return result;
}

}  // namespace deskloom::frame
