#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "store/store.hpp"

namespace deskloom::cmd {
namespace {

snapshot::KeySource new_key_of(const StoreRekeyOptions& options) {
  if (!options.new_key_command.empty()) return {{}, {"/bin/sh", "-c", options.new_key_command}};
  if (!options.new_key_file.empty()) return {options.new_key_file, {}};
  throw base::Error(base::ErrorKind::usage, "no new key is given",
                    "give --new-key-file or --new-key-command");
}

}  // namespace

void setup(CLI::App& app, StoreRekeyOptions& options) {
  auto* file = app.add_option("--new-key-file", options.new_key_file, "the file that is to unlock the store")
                   ->type_name("FILE");
  app.add_option("--new-key-command", options.new_key_command,
                 "the command of the shell that prints what is to unlock the store")
      ->type_name("COMMAND")
      ->excludes(file);
}

frame::ExitCode run(const StoreRekeyOptions& options, frame::Context& context) {
  const auto new_key = new_key_of(options);
  const auto& store = context.policy().snapshot_store;
  snapshot::change_key(store, context.store_key(), new_key, context.dry_run());
  context.print(
      frame::Document()
          .field("snapshot_store", "Snapshot store", store.string())
          .field("new_key", context.dry_run() ? "Would be unlocked with" : "Unlocked with", new_key.name())
          .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  if (!context.dry_run())
    context.say("the old key unlocks it no more: name the new one where the old one stood");
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
