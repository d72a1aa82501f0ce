#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "persona/capture.hpp"
#include "persona/persona.hpp"

namespace deskloom::cmd {
namespace {

using deskloom::persona::Profile;
using frame::Table;
using frame::Value;

Table applications(const Profile& profile) {
  Table table({{"name", "APPLICATION"},
               {"program", "PROGRAM"},
               {"launches", "LAUNCHES"},
               {"minutes", "MINUTES"},
               {"last_used", "LAST USED"}});
  for (const auto& a : profile.applications) {
    table.add({a.name, a.program, a.launches, a.minutes, a.last_used});
  }
  return table;
}

Table processes(const Profile& profile) {
  Table table({{"argv", "COMMAND"},
               {"cwd", "DIRECTORY"},
               {"open_files", "OPEN FILES"},
               {"cpu_ms", "CPU"},
               {"memory_bytes", "MEMORY"},
               {"relaunch", "RELAUNCH"},
               {"reason", "BECAUSE"}});
  for (const auto& p : profile.processes) {
    std::vector<std::string> files;
    for (const auto& file : p.open_files) files.push_back(file.path);
    table.add({p.argv, p.cwd, files, Value::duration_ms(static_cast<std::int64_t>(p.cpu_ms)),
               Value::size(p.memory_bytes), p.relaunch,
               p.reason.empty() ? Value::absent() : Value(p.reason)});
  }
  return table;
}

Table settings(const Profile& profile) {
  Table table({{"key", "SETTING"}, {"value", "VALUE"}});
  for (const auto& s : profile.settings) table.add({s.key, s.value});
  return table;
}

Table locations(const Profile& profile) {
  Table table({{"kind", "KIND"}, {"name", "NAME"}, {"path", "PATH"}, {"source", "SOURCE"}});
  for (const auto& l : profile.data_locations) {
    table.add({l.kind, l.name, l.path, l.source.empty() ? Value::absent() : Value(l.source)});
  }
  return table;
}

}  // namespace

void setup(CLI::App& app, PersonaShowOptions& options) {
  app.add_option("user", options.user, "whose persona")->required()->type_name("USER");
  app.add_option("--snapshot", options.snapshot, "as of this one, not the newest")->type_name("SNAPSHOT");
}

frame::ExitCode run(const PersonaShowOptions& options, frame::Context& context) {
  const auto record = context.catalogue().resolve(options.snapshot, options.user);
  const auto profile =
      deskloom::persona::load_profile(context.snapshots(), context.snapshots().get(record.id));
  context.print(frame::Document()
                    .field("user", "User", profile.user)
                    .field("snapshot", "Snapshot", record.id)
                    .field("captured_at", "Captured", profile.captured_at)
                    .field("instance", "From instance", record.instance)
                    .field("home", "Home", profile.home)
                    .field("files", "Files", record.files)
                    .field("size_bytes", "Size", Value::size(record.size_bytes))
                    .field("settings_files", "Settings files", profile.settings_files)
                    .field("notes", "Notes", profile.notes)
                    .table("applications", "Applications, most used first", applications(profile))
                    .table("processes", "Processes", processes(profile))
                    .table("settings", "Settings", settings(profile))
                    .table("data_locations", "Data locations", locations(profile)));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
