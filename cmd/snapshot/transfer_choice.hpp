#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frame/context.hpp"
#include "snapshot/transfer/transfer.hpp"

namespace CLI {
class App;
}

namespace deskloom::cmd {

// Which snapshots push and pull are about, and how fast: what their options have in common.
struct TransferChoice {
  std::vector<std::string> snapshots;
  std::optional<std::string> user;
  bool all = false;
  std::optional<std::uint64_t> rate_limit;  // bytes per second
};
void add_options(CLI::App& app, TransferChoice& choice);
// Error(usage) when it names nothing, or twice.
void check(const TransferChoice& choice);

// Of a store's snapshots, oldest first, those that were chosen, in that order. where: for errors.
// Throws Error(not_found|usage).
std::vector<std::string> choose(const TransferChoice& choice,
                                const std::vector<snapshot::transfer::Listed>& listed,
                                const std::string& where);

// Prints what travelled; partial when some snapshots could not.
frame::ExitCode print_report(frame::Context& context, const snapshot::transfer::Report& report,
                             base::Timestamp started);

}  // namespace deskloom::cmd
