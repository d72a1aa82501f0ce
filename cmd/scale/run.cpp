#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "frame/context.hpp"
#include "operation/scaling.hpp"
#include "scale/scale.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

frame::Table desktops_table(const std::vector<operation::ScaledDesktop>& desktops) {
  frame::Table table({{"user", "USER"},
                      {"instance", "INSTANCE"},
                      {"vcpus", "CPUS"},
                      {"memory_bytes", "MEMORY"},
                      {"changed", "CHANGED"},
                      {"reasons", "BECAUSE"},
                      {"error", "ERROR"}});
  for (const auto& [before, after, reasons, error] : desktops) {
    table.add({after.user, after.name, after.allocation.vcpus,
               frame::Value::size(after.allocation.memory_bytes), !(before.allocation == after.allocation),
               reasons, error.empty() ? frame::Value::absent() : frame::Value(error)});
  }
  return table;
}

frame::Table pools_table(const std::vector<operation::ScaledPool>& pools) {
  frame::Table table(
      {{"pool", "POOL"}, {"extra_before", "BEFORE"}, {"extra", "EXTRA"}, {"reason", "BECAUSE"}});
  for (const auto& [pool, before, after, reason] : pools) table.add({pool, before, after, reason});
  return table;
}

}  // namespace

void setup(CLI::App& app, ScaleRunOptions& options) {
  app.add_option("pool", options.pool, "only this pool, and its desktops")->type_name("POOL");
}

frame::ExitCode run(const ScaleRunOptions& options, frame::Context& context) {
  if (options.pool) static_cast<void>(context.policy().pool(*options.pool));
  std::optional<history::Store> history;
  if (std::filesystem::exists(context.policy().history_file()))
    history.emplace(context.policy().history_file(), history::Store::Access::read);
  const auto report = operation::run_scaling(make_world(context), history ? &*history : nullptr, options.pool,
                                             context.dry_run());
  const auto failed = std::ranges::count_if(report.desktops, [](const auto& d) { return !d.error.empty(); });
  context.print(frame::Document()
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("desktops", "Desktops", desktops_table(report.desktops), "no desktop moves")
                    .table("pools", "Pools", pools_table(report.pools), "no pool moves"));
  if (failed == 0) return frame::ExitCode::done;
  const bool all = static_cast<std::size_t>(failed) == report.desktops.size() && report.pools.empty();
  return all ? frame::ExitCode::failed : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
