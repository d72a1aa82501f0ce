#include "frame/select.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "frame/globals.hpp"

namespace deskloom::frame {
namespace {

base::Error usage(const std::string& message, const std::string& hint) {
  return {base::ErrorKind::usage, message, hint};
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates,
                         const std::string& otherwise) {
  const auto near = base::nearest(word, candidates);
  return near ? "did you mean '" + *near + "'?" : otherwise;
}

const Command* find_verb(const std::vector<const Command*>& verbs, const std::string& noun,
                         const std::string& verb) {
  std::vector<std::string> known;
  for (const Command* command : verbs) {
    if (command->verb == verb) return command;
    known.emplace_back(command->verb);
  }
  throw usage("'" + noun + "' has no verb '" + base::printable(verb) + "'",
              did_you_mean(verb, known, "verbs: " + base::join(known, ", ")));
}

// Takes one word more of "noun verb".
void take_word(Selection& selection, std::span<const Command> commands, const std::string& word) {
  if (selection.noun.empty()) {
    const auto known = nouns(commands);
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      throw usage("there is no command '" + base::printable(word) + "'",
                  did_you_mean(word, known, "'deskloom --help' lists the commands"));
    }
    selection.noun = word;
    const auto verbs = commands_of(commands, word);
    if (verbs.front()->verb.empty()) selection.command = verbs.front();
  } else {
    selection.command = find_verb(commands_of(commands, selection.noun), selection.noun, word);
  }
}

void require_command(const Selection& selection, std::span<const Command> commands) {
  if (selection.kind != Selection::Kind::command || selection.command != nullptr) return;
  if (selection.noun.empty()) throw usage("no command given", "'deskloom --help' lists the commands");
  std::vector<std::string> verbs;
  for (const Command* command : commands_of(commands, selection.noun)) verbs.emplace_back(command->verb);
  throw usage("'" + selection.noun + "' needs a verb", "verbs: " + base::join(verbs, ", "));
}

}  // namespace

std::vector<std::string> nouns(std::span<const Command> commands) {
  std::vector<std::string> result;
  for (const auto& command : commands) {
    if (std::find(result.begin(), result.end(), command.noun) == result.end())
      result.emplace_back(command.noun);
  }
  return result;
}

std::vector<const Command*> commands_of(std::span<const Command> commands, std::string_view noun) {
  std::vector<const Command*> result;
  for (const auto& command : commands) {
    if (command.noun == noun) result.push_back(&command);
  }
  return result;
}

Selection select(std::span<const Command> commands, const std::vector<std::string>& args) {
  Selection selection;
  bool only_values = false;  // after "--"
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i];
    if (!only_values && (arg == "--help" || arg == "-h")) {
      selection.kind = Selection::Kind::help;
    } else if (!only_values && arg == "--version" && selection.kind == Selection::Kind::command) {
      selection.kind = Selection::Kind::version;
    } else if (selection.command == nullptr && !arg.starts_with("-")) {
      take_word(selection, commands, arg);
    } else {
      only_values = only_values || arg == "--";
      selection.rest.push_back(arg);
      const bool takes_next = selection.command == nullptr && global_takes_value(arg) && i + 1 < args.size();
      if (takes_next) selection.rest.push_back(args[++i]);
    }
  }
  require_command(selection, commands);
  return selection;
}

}  // namespace deskloom::frame
