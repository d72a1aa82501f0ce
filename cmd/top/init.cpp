#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "top/top.hpp"

namespace deskloom::cmd {
namespace {

bool wants_encryption(frame::Context& context) {
  const bool by_policy = context.policy().store.encryption != "none" && !context.is_foreign_store();
  return by_policy || context.has_key_option();
}

void make_snapshot_store(const std::string& store_key, const std::filesystem::path& store,
                         frame::Context& context) {
  if (!store_key.empty()) {
    snapshot::init_root_like(store, store_key);
  } else {
    snapshot::init_root(store, wants_encryption(context) ? context.store_key() : snapshot::KeySource{});
  }
}

}  // namespace

void setup(CLI::App& app, InitOptions& options) {
  app.add_option("--store-key", options.store_key,
                 "encrypt the snapshot store as the one is that this is a copy of the file 'key' of")
      ->type_name("FILE");
}

frame::ExitCode run(const InitOptions& options, frame::Context& context) {
  // Another store than policy's, such as a disk to carry away, needs no state store.
  const bool wants_state = !context.is_foreign_store();
  const std::filesystem::path file = context.state_file();
  const std::filesystem::path store = context.policy().snapshot_store;
  const bool new_file = wants_state && !std::filesystem::exists(file);
  const bool new_store = !std::filesystem::exists(store);
  bool encrypted = wants_encryption(context) || !options.store_key.empty();
  if (!context.dry_run()) {
    if (wants_state) state::Store::init(file);
    make_snapshot_store(options.store_key, store, context);
    const bool is = snapshot::open_root_locked(store, snapshot::Seal::none()).seal->is_encrypted();
    if (encrypted && !is)
      context.say("warning: " + store.string() + " was there already, and is not encrypted");
    encrypted = is;
  }
  const std::string title = context.dry_run() ? "Would be created" : "Created";
  context.print(frame::Document()
                    .field("state_store", "State store",
                           wants_state ? frame::Value(file.string()) : frame::Value::absent())
                    .field("state_store_created", title, new_file)
                    .field("snapshot_store", "Snapshot store", store.string())
                    .field("snapshot_store_created", title, new_store)
                    .field("snapshot_store_encrypted", "Encrypted", encrypted));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
