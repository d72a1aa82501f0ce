#include <CLI/CLI.hpp>

#include <map>

#include "frame/context.hpp"
#include "operation/waiting.hpp"
#include "session/session.hpp"

namespace deskloom::cmd {
namespace {

using frame::Value;

// Of each pool, asked for once.
class ColdBoots {
 public:
  explicit ColdBoots(const state::Store& state) : state_(state) {}

  std::optional<std::int64_t> of(const std::string& pool) {
    const auto known = of_pool_.find(pool);
    if (known != of_pool_.end()) return known->second;
    return of_pool_.emplace(pool, operation::cold_boot_ms(state_, pool)).first->second;
  }

 private:
  const state::Store& state_;
  std::map<std::string, std::optional<std::int64_t>> of_pool_;
};

Value times_faster(std::optional<std::int64_t> boot_ms, std::int64_t waited_ms) {
  if (!boot_ms || waited_ms <= 0) return Value::absent();
  return Value::number_of(static_cast<double>(*boot_ms) / static_cast<double>(waited_ms), 1);
}

}  // namespace

void setup(CLI::App& app, SessionWaitsOptions& options) {
  app.add_option("pool", options.pool, "only for desktops of this pool")->type_name("POOL");
  app.add_option("--limit", options.limit, "how many of the newest")
      ->check(CLI::Range(1, 100'000))
      ->type_name("N")
      ->capture_default_str();
}

frame::ExitCode run(const SessionWaitsOptions& options, frame::Context& context) {
  if (options.pool) static_cast<void>(context.policy().pool(*options.pool));
  frame::Table table({{"requested_at", "ASKED"},
                      {"user", "USER"},
                      {"pool", "POOL"},
                      {"instance", "INSTANCE"},
                      {"action", "HOW"},
                      {"waited_ms", "WAITED"},
                      {"cold_boot_ms", "COLD BOOT"},
                      {"times_faster", "TIMES FASTER"}});
  ColdBoots boots(context.state());
  for (const state::Wait& wait : context.state().waits.recent(options.pool, options.limit)) {
    const auto boot_ms = boots.of(wait.pool);
    table.add({wait.requested_at, wait.user, wait.pool, wait.instance, wait.action,
               Value::duration_ms(wait.waited_ms), boot_ms ? Value::duration_ms(*boot_ms) : Value::absent(),
               times_faster(boot_ms, wait.waited_ms)});
  }
  context.print(frame::Document().table("waits", "", table, "nobody has asked for a desktop yet"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
