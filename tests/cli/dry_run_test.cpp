#include <set>

#include "base/text.hpp"
#include "captures.hpp"
#include "commands.hpp"
#include "forecast/store.hpp"
#include "frame/select.hpp"
#include "history/store.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::add_instance;
using test::Deployment;
using State = domain::InstanceState;

namespace {

// One call of every command that takes --dry-run.
std::vector<std::vector<std::string>> calls(const Deployment& deployment) {
  return {{"init"},
          {"user", "set", "alice", "--role", "clerk"},
          {"event", "import", deployment.directory() / "use.csv", "--type", "sessions"},
          {"event", "record", "launches", "alice", "application=gimp"},
          {"event", "collect"},
          {"event", "rollup"},
          {"predict", "promote", "--none"},
          {"app", "assign", "bob", "writer"},
          {"app", "release", "alice"},
          {"app", "watch"},
          {"pool", "apply"},
          {"instance", "exec", "default-2", "--", "true"},
          {"instance", "destroy", "default-2"},
          {"persona", "capture", "alice"},
          {"persona", "apply", "bob", "--instance", "default-2"},
          {"persona", "localise"},
          {"persona", "mode", "alice", "--clear"},
          {"session", "assign", "bob"},
          {"session", "connect", "alice"},
          {"session", "disconnect", "alice"},
          {"scale", "run"},
          {"shadow", "start", "bob"},
          {"shadow", "inflate", "carol", "--full"},
          {"shadow", "deflate", "carol"},
          {"snapshot", "create", "--user", "bob", "--tree", deployment.directory()},
          {"snapshot", "prune", "--keep-last", "1", "--keep-hourly", "0"},
          {"snapshot", "remove", "latest"},
          {"snapshot", "gc"},
          {"snapshot", "push", "--all", "--to", deployment.snapshot_store()},
          {"snapshot", "pull", "--all", "--from", deployment.snapshot_store()},
          {"snapshot", "restore", "latest", "--to", deployment.directory() / "restored"},
          {"state", "upgrade"},
          {"store", "rekey", "--store", deployment.directory() / "sealed", "--key-command",
           "echo old-password", "--new-key-command", "echo new-password"}};
}

// In use on the user's own desktop.
void add_application(const state::Store& store, const std::string& user, const std::string& instance) {
  domain::AppSession session;
  session.user = user;
  session.app = "writer";
  session.reason = "test";
  session.instance = instance;
  session.is_borrowed = true;
  store.apps.set_state(store.apps.begin(session), domain::AppState::running);
}

}  // namespace

TEST_CASE("no command changes anything under --dry-run") {
  const Deployment deployment;
  snapshot::Store::init(deployment.directory() / "sealed", {{}, {"echo", "old-password"}});
  {
    const auto store = deployment.state();
    add_instance(store, "default-1", State::connected, "alice");
    add_instance(store, "default-2", State::warm);
    add_instance(store, "default-3", State::persona_applied_available, "carol");
    add_application(store, "alice", "default-1");
  }
  const history::Store record(deployment.directory() / "state/history.sqlite",
                              history::Store::Access::create);
  const forecast::Store forecasts(deployment.directory() / "state/forecast.sqlite",
                                  forecast::Store::Access::write);
  test::write_file(deployment.directory() / "use.csv", "user,start\nalice,1769849940\n");
  test::FakeTree tree;
  tree.file("notes.txt", "notes");
  put_capture(deployment, test::profile_of("bob"), tree);
  const auto before = fingerprint(deployment);
  for (auto args : calls(deployment)) {
    CAPTURE(base::join(args, " "));
    args.insert(args.begin(), "--dry-run");
    const auto said = deployment.json(args);
    INFO(said.err);
    CHECK(said.code == 0);
    CHECK(fingerprint(deployment) == before);
  }
}

TEST_CASE("every command that takes --dry-run is among those that were tried") {
  const Deployment deployment;
  std::set<std::string> tried;
  for (const auto& args : calls(deployment))
    tried.insert(frame::select(cmd::commands(), args).command->path());
  for (const auto& command : cmd::commands()) {
    CAPTURE(command.path());
    CHECK(tried.contains(command.path()) == (command.changes == frame::Changes::world));
  }
}
