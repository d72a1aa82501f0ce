#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "pool/pool.hpp"
#include "pool/usage.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, PoolStatusOptions& options) {
  app.add_option("pool", options.pool, "only this pool")->type_name("POOL");
}

frame::ExitCode run(const PoolStatusOptions& options, frame::Context& context) {
  if (options.pool) static_cast<void>(context.policy().pool(*options.pool));  // throws when unknown
  auto pools = pool_usage(context.policy(), context.state());
  if (options.pool)
    std::erase_if(pools, [&](const PoolUsage& pool) { return pool.situation.pool != *options.pool; });
  context.print(frame::Document().table("pools", "", pool_table(pools), "no pools"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
