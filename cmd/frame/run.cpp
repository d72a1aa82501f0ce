#include "frame/run.hpp"

#include <algorithm>
#include <ostream>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "frame/complete.hpp"
#include "frame/emit.hpp"
#include "frame/help.hpp"
#include "frame/interrupt.hpp"
#include "frame/man.hpp"
#include "frame/parse.hpp"
#include "frame/select.hpp"

namespace deskloom::frame {
namespace {

// Known before argv is parsed, because parsing may fail.
bool wants_json(const std::vector<std::string>& args) {
  const auto end = std::find(args.begin(), args.end(), "--");
  return std::find(args.begin(), end, "--json") != end;
}

ExitCode report(const base::Error& error, bool json, std::ostream& err) {
  const ExitCode code = exit_code_of(error.kind());
  if (json) {
    const base::Json detail{{"code", static_cast<int>(code)},
                            {"name", name_of(code)},
                            {"message", error.what()},
                            {"hint", error.hint().empty() ? base::Json() : base::Json(error.hint())}};
    err << base::Json{{"version", 1}, {"error", detail}}.dump(-1, ' ', false,
                                                              base::Json::error_handler_t::replace)
        << std::endl;
    return code;
  }
  err << "deskloom: " << base::printable(error.what()) << '\n';
  if (!error.hint().empty()) err << "  hint: " << base::printable(error.hint()) << '\n';
  err.flush();
  return code;
}

void open_needed(Context& context, Needs needs) {
  if (needs != Needs::nothing) context.policy();
  if (needs == Needs::state_read || needs == Needs::state_write) context.state();
  if (needs == Needs::snapshots_read || needs == Needs::snapshots_write) context.catalogue();
}

ExitCode execute(const Command& command, const std::vector<std::string>& rest, const Services& services) {
  Globals globals = globals_from_environment();
  const Action action = parse(command, rest, globals);
  const bool writes = command.needs == Needs::state_write || command.needs == Needs::snapshots_write;
  const auto access = writes && !globals.dry_run ? Context::Access::write : Context::Access::read;
  Context context(globals, services, access);
  open_needed(context, command.needs);
  const ExitCode code = action(context);
  return interrupted() && code != ExitCode::done ? ExitCode::interrupted : code;
}

// What the build and the shells ask for; no person types these.
std::optional<std::string> hidden_answer(std::span<const Command> commands,
                                         const std::vector<std::string>& args, const Services& services) {
  constexpr std::uint64_t max_page_bytes = 1 << 20;
  if (args.size() == 2 && args[0] == "__man") {
    const std::filesystem::path page = args[1];
    return render_page(commands, page.filename().string(), base::read_file(page, max_page_bytes));
  }
  if (!args.empty() && args[0] == "__complete") {
    return completion_lines(complete(commands, {args.begin() + 1, args.end()}, services));
  }
  return std::nullopt;
}

std::string help(std::span<const Command> commands, const Selection& selection) {
  if (selection.command != nullptr) return command_help(*selection.command);
  return selection.noun.empty() ? program_help(commands) : noun_help(commands, selection.noun);
}

ExitCode dispatch(std::span<const Command> commands, const std::vector<std::string>& args,
                  const Services& services) {
  if (const auto answer = hidden_answer(commands, args, services)) {
    emit(services.out, *answer);
    return ExitCode::done;
  }
  const Selection selection = select(commands, args);
  if (selection.kind == Selection::Kind::command) {
    return execute(*selection.command, selection.rest, services);
  }
  emit(services.out, selection.kind == Selection::Kind::version ? "deskloom " DESKLOOM_VERSION "\n"
                                                                : help(commands, selection));
  return ExitCode::done;
}

}  // namespace

ExitCode run(std::span<const Command> commands, const std::vector<std::string>& args,
             const Services& services) {
  const bool json = wants_json(args);
  try {
    return dispatch(commands, args, services);
  } catch (const base::Error& e) {
    return report(e, json, services.err);
  } catch (const std::exception& e) {
    return report({base::ErrorKind::failed, e.what(), "this is a bug: please report it"}, json, services.err);
  }
}

}  // namespace deskloom::frame
