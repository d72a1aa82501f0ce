#include "frame/complete.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "frame/describe.hpp"
#include "frame/select.hpp"

namespace deskloom::frame {
namespace {

// The command line so far, understood as far as it goes.
struct Line {
  std::string noun;
  const Command* command = nullptr;
  std::vector<OptionDoc> options;  // that may come next
  std::vector<OptionDoc> arguments;
  std::size_t arguments_given = 0;
  const OptionDoc* wants_value = nullptr;  // the option whose value is being typed
  Globals globals;
};

const OptionDoc* find_option(const std::vector<OptionDoc>& options, const std::string& name) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const OptionDoc& option) {
    return std::find(option.names.begin(), option.names.end(), name) != option.names.end();
  });
  return found == options.end() ? nullptr : &*found;
}

void take_value(Globals& globals, const std::string& option, const std::string& value) {
  if (option == "--config") globals.config = value;
  if (option == "--state-dir") globals.state_dir = value;
  if (option == "--store") globals.store = value;
  if (option == "--key-file") globals.key_file = value;
}

void take_word(Line& line, std::span<const Command> commands, const std::string& word) {
  if (line.command != nullptr) {
    ++line.arguments_given;
    return;
  }
  if (line.noun.empty()) line.noun = word;
  for (const Command* command : commands_of(commands, line.noun)) {
    if (command->verb.empty() || command->verb == word) line.command = command;
  }
  if (line.command == nullptr) return;
  CommandDoc doc = describe(*line.command);
  line.options = std::move(doc.options);
  line.arguments = std::move(doc.arguments);
}

Line read_line(std::span<const Command> commands, std::span<const std::string> words) {
  Line line;
  line.options = describe_globals();
  line.globals = globals_from_environment();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("-")) {
      take_word(line, commands, words[i]);
      continue;
    }
    const OptionDoc* option = find_option(line.options, words[i]);
    if (option == nullptr || option->value.empty()) continue;
    if (i + 1 == words.size()) {
      line.wants_value = option;
    } else {
      take_value(line.globals, words[i], words[i + 1]);
      ++i;
    }
  }
  return line;
}

template <typename Items, typename Name>
std::vector<std::string> names_of(const Items& items, const Name& name) {
  std::vector<std::string> result;
  for (const auto& item : items) result.emplace_back(name(item));
  return result;
}

// The metavariable says what is meant.
std::vector<std::string> values(const std::string& meaning, Context& context) {
  const auto by_name = [](const auto& item) { return item.name; };
  const auto by_key = [](const auto& item) { return item.first; };
  if (meaning == "USER") return names_of(context.state().users.list(), by_name);
  if (meaning == "INSTANCE") return names_of(context.state().instances.list(), by_name);
  if (meaning == "POOL") return names_of(context.policy().pools, by_key);
  if (meaning == "HOST") return names_of(context.policy().hosts, by_key);
  if (meaning == "STATE") {
    return names_of(domain::all_instance_states(), [](auto state) { return domain::to_string(state); });
  }
  if (meaning == "SNAPSHOT") {
    auto ids = names_of(context.catalogue().list(std::nullopt, 100), [](const auto& s) { return s.id; });
    ids.insert(ids.begin(), "latest");
    return ids;
  }
  return {};
}

Completion complete_value(const std::string& meaning, Context& context) {
  Completion completion;
  if (meaning == "FILE" || meaning == "PATH") completion.paths = Completion::Paths::files;
  if (meaning == "DIR") completion.paths = Completion::Paths::directories;
  try {
    for (auto& value : values(meaning, context)) {
      const bool plain = base::is_valid_name(value);  // nothing that a shell could take for something else
      if (plain) completion.candidates.push_back({std::move(value), ""});
    }
  } catch (const std::exception&) {
    // No policy or no store: nothing to offer, and no place to say so.
  }
  return completion;
}

Completion complete_option(const Line& line) {
  Completion completion;
  for (const auto& option : line.options) {
    for (const auto& name : option.names) completion.candidates.push_back({name, option.text});
  }
  return completion;
}

Completion complete_command(const Line& line, std::span<const Command> commands) {
  Completion completion;
  for (const auto& command : commands) {
    if (line.noun.empty()) {
      const bool listed = !completion.candidates.empty() && completion.candidates.back().word == command.noun;
      const std::string about(command.verb.empty() ? command.summary : "");
      if (!listed) completion.candidates.push_back({std::string(command.noun), about});
    } else if (command.noun == line.noun) {
      completion.candidates.push_back({std::string(command.verb), std::string(command.summary)});
    }
  }
  return completion;
}

Completion complete_argument(const Line& line, Context& context) {
  if (line.arguments.empty()) return {};
  const bool beyond = line.arguments_given >= line.arguments.size();
  if (beyond && !line.arguments.back().repeated) return {};
  return complete_value(beyond ? line.arguments.back().value : line.arguments[line.arguments_given].value,
                        context);
}

}  // namespace

Completion complete(std::span<const Command> commands, const std::vector<std::string>& words,
                    const Services& services) {
  const std::string typed = words.empty() ? "" : words.back();
  const std::span before(words.data(), words.empty() ? 0 : words.size() - 1);
  const Line line = read_line(commands, before);
  Context context(line.globals, services, Context::Access::read);
  Completion completion;
  if (line.wants_value != nullptr) {
    completion = complete_value(line.wants_value->value, context);
  } else if (typed.starts_with("-")) {
    completion = complete_option(line);
  } else {
    completion =
        line.command == nullptr ? complete_command(line, commands) : complete_argument(line, context);
  }
  std::erase_if(completion.candidates, [&](const Candidate& c) { return !c.word.starts_with(typed); });
  return completion;
}

std::string completion_lines(const Completion& completion) {
  std::string lines;
  for (const auto& [word, about] : completion.candidates)
    lines += word + (about.empty() ? "" : "\t" + about) + "\n";
  if (completion.paths == Completion::Paths::files) lines += ":files\n";
  if (completion.paths == Completion::Paths::directories) lines += ":directories\n";
  return lines;
}

}  // namespace deskloom::frame
