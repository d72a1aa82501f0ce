#include "frame/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "frame/describe.hpp"
#include "frame/select.hpp"

namespace deskloom::frame {
namespace {

constexpr std::size_t page_width = 80;

// A line "  label   text", the text wrapped into a column of its own.
std::string entry(const std::string& label, const std::string& text, std::size_t column) {
  std::string result;
  std::string line = "  " + label;
  line.resize(std::max(line.size() + 2, column), ' ');
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (line.size() > column && line.size() + 1 + word.size() > page_width) {
      result += line + "\n";
      line.assign(column, ' ');
    }
    line += (line.back() == ' ' ? "" : " ") + word;
  }
  return result + line + "\n";
}

std::string section(const std::string& title,
                    const std::vector<std::pair<std::string, std::string>>& entries) {
  if (entries.empty()) return "";
  std::size_t column = 0;
  for (const auto& [label, text] : entries) column = std::max(column, label.size() + 4);
  std::string result = "\n" + title + ":\n";
  for (const auto& [label, text] : entries) result += entry(label, text, column);
  return result;
}

std::string options_section(const std::string& title, const std::vector<OptionDoc>& options, bool global) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& option : options) {
    if (option.global == global) entries.emplace_back(option.label(), option.text);
  }
  return section(title, entries);
}

}  // namespace

std::string program_help(std::span<const Command> commands) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& command : commands) entries.emplace_back(command.path(), command.summary);
  return "Usage: deskloom COMMAND [OPTION...]\n\nVirtual desktops that are ready before their user asks.\n" +
         section("Commands", entries) + options_section("Global options", describe_globals(), true) +
         "\n'deskloom COMMAND --help' tells more, 'man deskloom' most.\n";
}

std::string noun_help(std::span<const Command> commands, const std::string& noun) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const Command* command : commands_of(commands, noun))
    entries.emplace_back(command->path(), command->summary);
  return fmt::format("Usage: deskloom {} VERB [OPTION...]\n{}\n'man deskloom-{}' tells more.\n", noun,
                     section("Commands", entries), noun);
}

std::string command_help(const Command& command) {
  const CommandDoc doc = describe(command);
  return fmt::format("Usage: {}\n\n{}\n", doc.usage(), doc.summary) +
         options_section("Arguments", doc.arguments, false) + options_section("Options", doc.options, false) +
         options_section("Global options", doc.options, true) +
         fmt::format("\n'man deskloom-{}' tells more.\n", command.noun);
}

}  // namespace deskloom::frame
