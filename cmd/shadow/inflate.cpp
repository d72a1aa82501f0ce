#include <CLI/CLI.hpp>

#include "base/error_text.hpp"
#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "operation/journal.hpp"
#include "operation/modes.hpp"
#include "operation/shadow.hpp"
#include "shadow/shadow.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

using domain::Instance;
using plan::InflationChoice;

frame::Table shadows_table() {
  return frame::Table({{"user", "USER"},
                       {"instance", "INSTANCE"},
                       {"stage", "STAGE"},
                       {"vcpus", "CPUS"},
                       {"memory_bytes", "MEMORY"},
                       {"changed", "CHANGED"},
                       {"elapsed_ms", "TOOK"},
                       {"reason", "BECAUSE"},
                       {"error", "ERROR"}});
}

// What was asked for by name.
InflationChoice chosen_by_hand(const ShadowInflateOptions& options, const operation::World& world,
                               const Instance& shadow) {
  const auto full = operation::in_use(world, shadow);
  if (!options.stage) return {"full", full, "asked for"};
  const auto& stage = world.policy.stage(*options.stage);
  return {stage.name, domain::share_of(shadow.minimal, full, stage.shares), "asked for"};
}

std::optional<InflationChoice> choose(const ShadowInflateOptions& options, const operation::World& world,
                                      const operation::Returns& returns, const Instance& shadow) {
  if (options.full || options.stage) return chosen_by_hand(options, world, shadow);
  return operation::inflation_by_forecast(world.policy, world.state, returns, shadow);
}

// One shadow of several; its failure is not the others'.
class Inflater {
 public:
  Inflater(const ShadowInflateOptions& options, frame::Context& context)
      : options_(options), context_(context), world_(make_world(context)), returns_(returns_now(context)) {
    const bool by_forecast = !options.full && !options.stage;
    if (by_forecast && !returns_.nothing_because().empty()) {
      throw base::Error(base::ErrorKind::usage, returns_.nothing_because(),
                        "or say how much, with --full or --stage");
    }
  }

  void inflate(const Instance& seen) {
    try {
      if (context_.dry_run()) return move(seen);
      const state::LeaseGuard lease(context_.state().leases, "user:" + *seen.user, "shadow inflate",
                                    options_.user ? context_.lock_timeout() : std::chrono::milliseconds(0),
                                    context_.on_wait());
      operation::recover(world_, seen.user);
      move(operation::shadow_of(context_.state(), *seen.user));
    } catch (const base::Error& e) {
      if (options_.user || e.kind() == base::ErrorKind::interrupted) throw;
      const auto none = frame::Value::absent();
      table_.add({seen.user, seen.name, none, seen.allocation.vcpus,
                  frame::Value::size(seen.allocation.memory_bytes), false, none, none, base::with_hint(e)});
      ++failed_;
    }
  }
  const frame::Table& table() const { return table_; }
  std::size_t failed() const { return failed_; }

 private:
  void move(const Instance& shadow) {
    const auto choice = choose(options_, world_, returns_, shadow);
    const auto none = frame::Value::absent();
    if (!choice) {
      table_.add({shadow.user, shadow.name, none, shadow.allocation.vcpus,
                  frame::Value::size(shadow.allocation.memory_bytes), false, none,
                  "nothing is foretold of this user", none});
      return;
    }
    const auto started = context_.clock().now();
    auto now = shadow;
    if (context_.dry_run()) {
      now.allocation = choice->allocation;
    } else {
      now = operation::resize_shadow(world_, shadow, choice->allocation);
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(context_.clock().now() - started);
    const bool changed = !(now.allocation == shadow.allocation);
    table_.add({now.user, now.name, choice->stage, now.allocation.vcpus,
                frame::Value::size(now.allocation.memory_bytes), changed,
                changed ? frame::Value::duration_ms(took.count()) : none, choice->reason, none});
  }

  const ShadowInflateOptions& options_;
  frame::Context& context_;
  operation::World world_;
  operation::Returns returns_;
  frame::Table table_ = shadows_table();
  std::size_t failed_ = 0;
};

std::vector<Instance> targets(const ShadowInflateOptions& options, const state::Store& state) {
  if (options.user) return {operation::shadow_of(state, *options.user)};
  return operation::shadows(state, std::nullopt);
}

}  // namespace

void setup(CLI::App& app, ShadowInflateOptions& options) {
  app.add_option("user", options.user, "whose shadow; without, all of them")->type_name("USER");
  auto* stage = app.add_option("--stage", options.stage, "to this stage of policy, whatever is foretold")
                    ->type_name("STAGE");
  app.add_flag("--full", options.full, "to all that it is to have in use")->excludes(stage);
}

frame::ExitCode run(const ShadowInflateOptions& options, frame::Context& context) {
  const auto shadows = targets(options, context.state());
  Inflater inflater(options, context);
  for (const auto& shadow : shadows) {
    inflater.inflate(shadow);
    frame::stop_if_interrupted();
  }
  context.print(frame::Document()
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("shadows", "", inflater.table(), "no shadows"));
  if (inflater.failed() == 0) return frame::ExitCode::done;
  return inflater.failed() == shadows.size() ? frame::ExitCode::failed : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
