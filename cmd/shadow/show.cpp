#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "operation/modes.hpp"
#include "operation/shadow.hpp"
#include "shadow/shadow.hpp"

namespace deskloom::cmd {
namespace {

frame::Table resources_table(const domain::Instance& shadow, const domain::Allocation& full) {
  frame::Table table({{"resource", "RESOURCE"}, {"has", "HAS"}, {"minimal", "MINIMAL"}, {"full", "FULL"}});
  for (const auto resource : domain::all_resources) {
    table.add({domain::to_string(resource), domain::describe(shadow.allocation, resource),
               domain::describe(shadow.minimal, resource), domain::describe(full, resource)});
  }
  return table;
}

// What each stage of policy would give it, the lowest first.
frame::Table stages_table(const policy::Policy& policy, const domain::Allocation& minimal,
                          const domain::Allocation& full) {
  std::vector<const policy::Stage*> stages;
  for (const auto& [name, stage] : policy.stages) stages.push_back(&stage);
  std::ranges::sort(stages, {}, &policy::Stage::probability);
  frame::Table table(
      {{"stage", "STAGE"}, {"probability_percent", "FROM %"}, {"vcpus", "CPUS"}, {"memory_bytes", "MEMORY"}});
  for (const auto* stage : stages) {
    const auto allocation = domain::share_of(minimal, full, stage->shares);
    table.add(
        {stage->name, stage->probability, allocation.vcpus, frame::Value::size(allocation.memory_bytes)});
  }
  return table;
}

}  // namespace

void setup(CLI::App& app, ShadowShowOptions& options) {
  app.add_option("user", options.user, "whose shadow")->required()->type_name("USER");
}

frame::ExitCode run(const ShadowShowOptions& options, frame::Context& context) {
  const auto shadow = operation::shadow_of(context.state(), options.user);
  const auto returns = returns_now(context);
  const auto choice = operation::inflation_by_forecast(context.policy(), context.state(), returns, shadow);
  const auto full = operation::in_use(context.policy(), context.state(), shadow, context.clock().now());
  const std::string unknown =
      returns.nothing_because().empty() ? "nothing is foretold of this user" : returns.nothing_because();
  context.print(describe_shadow(shadow, false)
                    .field("pool", "Pool", shadow.pool)
                    .field("host", "Host", shadow.host)
                    .field("since", "Since", shadow.changed_at)
                    .field("stage", "Should have",
                           choice ? frame::Value(choice->stage.value_or("minimal")) : frame::Value::absent())
                    .field("reason", "Because", choice ? choice->reason : unknown)
                    .table("resources", "Resources", resources_table(shadow, full))
                    .table("stages", "Stages", stages_table(context.policy(), shadow.minimal, full)));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
