#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace deskloom::plan {

// How many of one user's snapshots stay (as restic's forget --keep-*): the newest `last`, and the newest of
// each of the last so many hours, days and weeks (ISO 8601, from Monday) that have one. All in UTC.
struct KeepRule {
  int last = 6;
  int hourly = 24;
  int daily = 7;
  int weekly = 5;
};

struct Dated {
  std::string id;
  base::Timestamp created_at;
};

struct KeepDecision {
  std::string id;
  bool keep = false;
  std::string reason;  // "the newest of its day"; why it goes
};

// snapshots: of one user, newest first. Returns a decision for each, in that order.
std::vector<KeepDecision> decide_what_to_keep(std::span<const Dated> snapshots, const KeepRule& rule);

}  // namespace deskloom::plan
