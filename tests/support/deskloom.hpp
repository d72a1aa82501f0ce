#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/process.hpp"
#include "state/store.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
  base::Json json;  // with --json: the document on stdout, or the error on stderr when stdout is empty
};

// Runs the built program, without the DESKLOOM_* variables of the caller. With --json everything it prints
// must match the schema of its command, or error.schema.json: throws std::runtime_error where it does not.
Outcome run_deskloom(const std::vector<std::string>& args, const base::ProcessOptions& options = {});

// A policy file, a state store and a snapshot store in a directory of their own, made by 'deskloom init'.
class Deployment {
 public:
  // policy: TOML. Where it names no pool there is "default", where no host "local".
  explicit Deployment(const std::string& policy = {});

  // With --config and --state-dir.
  Outcome run(const std::vector<std::string>& args) const;
  // With --json too.
  Outcome json(std::vector<std::string> args) const;

  std::filesystem::path directory() const { return dir_.path(); }
  std::filesystem::path policy_file() const { return dir_ / "deskloom.toml"; }
  std::filesystem::path state_dir() const { return dir_ / "state"; }
  std::filesystem::path state_file() const { return state_dir() / "state.sqlite"; }
  std::filesystem::path snapshot_store() const { return state_dir() / "store"; }

  state::Store state() const { return {state_file(), state::Store::Access::write}; }

 private:
  TempDir dir_;
};

// An instance of pool "default" on host "local" that took the legal way to its state; user where one is
// needed.
void add_instance(const state::Store& store, const std::string& name, domain::InstanceState to,
                  const std::optional<std::string>& user = std::nullopt);

// Every row of every table, and every file of the state directory: equal when nothing was changed.
std::string fingerprint(const Deployment& deployment);

}  // namespace deskloom::test
