#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "operation/volumes.hpp"
#include "persona/persona.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

using frame::Value;

constexpr auto look_again = std::chrono::milliseconds(500);

const char* state_of(const operation::Localised& one, bool dry_run) {
  if (dry_run) return "elsewhere";
  if (!one.error.empty()) return "failed";
  if (one.locality.is_local) return "local";
  return one.locality.is_copying ? "copying" : "waiting";
}

frame::Table table_of(const std::vector<operation::Localised>& volumes, bool dry_run) {
  frame::Table table({{"instance", "INSTANCE"},
                      {"user", "USER"},
                      {"snapshot", "SNAPSHOT"},
                      {"state", "STATE"},
                      {"size_bytes", "SIZE"},
                      {"local_bytes", "LOCAL"},
                      {"error", "ERROR"}});
  for (const auto& one : volumes) {
    const bool is_known = !dry_run && one.error.empty();
    table.add({one.instance.name, one.instance.user, one.volume.snapshot, state_of(one, dry_run),
               Value::size(one.volume.size_bytes),
               is_known ? Value::size(one.locality.local_bytes) : Value::absent(),
               one.error.empty() ? Value::absent() : Value(one.error)});
  }
  return table;
}

frame::ExitCode exit_code_of(const std::vector<operation::Localised>& volumes) {
  const auto failed = std::ranges::count_if(volumes, [](const auto& one) { return !one.error.empty(); });
  if (failed == 0) return frame::ExitCode::done;
  return failed == std::ssize(volumes) ? frame::ExitCode::failed : frame::ExitCode::partial;
}

}  // namespace

void setup(CLI::App& app, PersonaLocaliseOptions& options) {
  app.add_option("name", options.name, "only this user's volume, or this instance's")
      ->type_name("USER|INSTANCE");
  app.add_flag("--wait", options.wait, "until all of them are local");
}

frame::ExitCode run(const PersonaLocaliseOptions& options, frame::Context& context) {
  const auto world = make_world(context);
  const auto goes_on = [&] {
    if (!options.wait) return false;
    frame::stop_if_interrupted();
    std::this_thread::sleep_for(look_again);
    return true;
  };
  const auto volumes = context.dry_run() ? operation::not_local(world, options.name)
                                         : operation::localise(world, options.name, goes_on);
  context.print(frame::Document()
                    .field("dry_run", "Dry run", context.dry_run())
                    .table("volumes", "", table_of(volumes, context.dry_run()), "all volumes are local"));
  return exit_code_of(volumes);
}

}  // namespace deskloom::cmd
