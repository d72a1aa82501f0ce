#pragma once

#include <chrono>
#include <cstdint>

#include "history/store.hpp"

namespace deskloom::history {

// How long what is recorded stays.
struct KeepRule {
  std::chrono::days samples{14};
  std::chrono::days five_minutes{90};
  std::chrono::days all{800};
};

struct RollupReport {
  std::uint64_t hours = 0;  // of samples that were rolled up
  std::uint64_t samples_removed = 0;
  std::uint64_t five_minutes_removed = 0;
  std::uint64_t events_removed = 0;  // and hours of samples
};

// Makes means and maxima of the samples of each hour that has ended, and removes what is older than the rule.
// Takes the lock for a day's samples at a time; killed, the next run goes on.
// dry_run: only says what would be.
RollupReport roll_up(Store& store, base::Timestamp now, const KeepRule& rule, bool dry_run);

}  // namespace deskloom::history
