#include <CLI/CLI.hpp>

#include "base/fd.hpp"
#include "frame/context.hpp"
#include "state/state.hpp"

namespace deskloom::cmd {
namespace {

// Copied beside and renamed, so that FILE is a whole copy or is not there.
void copy_store(const state::Store& store, const std::filesystem::path& target) {
  const std::filesystem::path partial = target.string() + ".partial";
  std::filesystem::remove(partial);  // of a backup that was killed
  store.backup_to(partial);
  std::filesystem::rename(partial, target);
  base::fsync_directory(target.parent_path());
}

}  // namespace

void setup(CLI::App& app, StateBackupOptions& options) {
  app.add_option("file", options.file, "the copy to write; must not exist")->type_name("FILE")->required();
}

frame::ExitCode run(const StateBackupOptions& options, frame::Context& context) {
  const std::filesystem::path target = std::filesystem::absolute(options.file);
  if (std::filesystem::exists(target)) {
    throw base::Error(base::ErrorKind::usage, "cannot back up to " + target.string() + ": it exists",
                      "name a new file");
  }
  copy_store(context.state(), target);
  context.print(frame::Document()
                    .field("file", "Copy", target.string())
                    .field("size_bytes", "Size", frame::Value::size(std::filesystem::file_size(target))));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
