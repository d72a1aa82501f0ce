#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "pool/pool.hpp"
#include "pool/usage.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, PoolStatusOptions& options) {
  app.add_option("pool", options.pool, "only this pool")->type_name("POOL");
}

frame::ExitCode run(const PoolStatusOptions& options, frame::Context& context) {
  const auto& policy = context.policy();
  const auto pools =
      pool_usage(policy, context.state(), pools_named(policy, options.pool), context.clock().now());
  context.print(frame::Document().table("pools", "", pool_table(pools), "no pools"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
