#include "support/deskloom.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include "base/text.hpp"
#include "commands.hpp"
#include "frame/select.hpp"

namespace deskloom::test {
namespace {

namespace fs = std::filesystem;

bool wants_json(const std::vector<std::string>& args) {
  const auto end = std::find(args.begin(), args.end(), "--");
  return std::find(args.begin(), end, "--json") != end;
}

std::string schema_of(const std::vector<std::string>& args) {
  std::string name = frame::select(cmd::commands(), args).command->path();
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

base::Json validated(const std::string& document, const std::string& schema) {
  base::ProcessOptions options;
  options.input = document;
  // Debian's own Python: the one that its package python3-jsonschema serves.
  const auto result = base::run_process({"/usr/bin/python3", DESKLOOM_TEST_SUPPORT "/validate.py",
                                         DESKLOOM_SCHEMAS "/" + schema + ".schema.json"},
                                        options);
  if (result.exit_code != 0) {
    throw std::runtime_error("does not match the schema " + schema + ":\n" + result.out + result.err +
                             document);
  }
  return base::Json::parse(document);
}

// Messages to people may stand before it.
std::string last_line(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

Outcome run_deskloom(const std::vector<std::string>& args, const base::ProcessOptions& options) {
  std::vector<std::string> argv{DESKLOOM_PROGRAM};
  argv.insert(argv.end(), args.begin(), args.end());
  auto clean = options;
  for (const char* name :
       {"DESKLOOM_CONFIG=", "DESKLOOM_STATE_DIR=", "DESKLOOM_STORE=", "DESKLOOM_KEY_FILE="}) {
    clean.environment.insert(clean.environment.begin(), name);
  }
  const auto result = base::run_process(argv, clean);
  Outcome outcome{result.exit_code, result.out, result.err, {}};
  if (!wants_json(args)) return outcome;
  outcome.json = outcome.out.empty() ? validated(last_line(outcome.err), "error")
                                     : validated(outcome.out, schema_of(args));
  return outcome;
}

Deployment::Deployment(const std::string& policy) {
  std::ofstream(policy_file()) << policy;
  const auto made = run({"init"});
  if (made.code != 0) throw std::runtime_error("deskloom init: " + made.err);
}

Outcome Deployment::run(const std::vector<std::string>& args) const {
  std::vector<std::string> all{"--config", policy_file(), "--state-dir", state_dir()};
  all.insert(all.end(), args.begin(), args.end());
  return run_deskloom(all);
}

Outcome Deployment::json(std::vector<std::string> args) const {
  args.insert(args.begin(), "--json");
  return run(args);
}

namespace {

using State = domain::InstanceState;

// From warm on; nothing for states that are reached without a user.
std::vector<State> way_to(State to) {
  switch (to) {
    case State::persona_applied_available:
      return {State::persona_applied_available};
    case State::connected:
      return {State::persona_applied_available, State::connected};
    case State::disconnected:
      return {State::persona_applied_available, State::connected, State::disconnected};
    case State::reclaimed:
      return {State::reclaiming, State::reclaimed};
    case State::failed:
      return {State::failed};
    default:
      return {};
  }
}

}  // namespace

void add_instance(const state::Store& store, const std::string& name, State to,
                  const std::optional<std::string>& user) {
  const auto at = base::parse_rfc3339("2026-01-05T08:00:00.000Z");
  store.pools.ensure("default");
  store.instances.create({.name = name,
                          .pool = "default",
                          .host = "local",
                          .image = "tiny",
                          .user = std::nullopt,
                          .allocation = {2, 256 << 20},
                          .minimal = {2, 256 << 20},
                          .full = {2, 256 << 20},
                          .snapshot = std::nullopt,
                          .created_at = at,
                          .changed_at = at},
                         "test", std::nullopt);
  store.instances.transition(name, State::provisioning, State::warm, "booted", std::nullopt, at);
  if (user) {
    store.users.ensure(*user, at);
    store.instances.reserve(name, *user, "assign", std::nullopt, at);
  }
  State from = user ? State::stitching : State::warm;
  for (const State next : way_to(to)) {
    store.instances.transition(name, from, next, "test", std::nullopt, at);
    from = next;
  }
  if (from != to) throw std::logic_error("no way to state " + std::string(domain::to_string(to)));
}

namespace {

std::string rows_of(const base::Database& db, const std::string& table) {
  std::vector<std::string> columns;
  auto info = db.prepare("SELECT name FROM pragma_table_info(?)");
  info.bind(table);
  while (info.step()) columns.push_back("quote(" + info.text(0) + ")");
  std::string result = table + "\n";
  auto rows = db.prepare("SELECT " + base::join(columns, " || ',' || ") + " FROM " + table);
  while (rows.step()) result += rows.text(0) + "\n";
  return result;
}

}  // namespace

std::string fingerprint(const Deployment& deployment) {
  const base::Database db(deployment.state_file(), base::Database::Mode::read_only);
  std::string result;
  auto tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  while (tables.step()) result += rows_of(db, tables.text(0));
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(deployment.directory())) {
    const auto name = entry.path().string();
    if (!name.ends_with("-wal") && !name.ends_with("-shm")) files.insert(name);  // SQLite's own
  }
  for (const auto& file : files) result += file + "\n";
  return result;
}

}  // namespace deskloom::test
