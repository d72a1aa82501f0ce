#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operation/catalogue.hpp"
#include "plan/keep.hpp"

namespace deskloom::operation {

struct Pruned {
  Catalogue::Dated snapshot;
  plan::KeepDecision decision;
  bool is_spared = false;  // kept although the rule does not keep it
};

// Removes the snapshots that the rule does not keep, of one user or of all; those that instances hold stay.
// What they took is freed by Store::collect. dry_run: only decides. Returns every snapshot, by user, newest
// first.
std::vector<Pruned> prune(snapshot::Store& store, const Catalogue& catalogue,
                          const std::optional<std::string>& user, const plan::KeepRule& rule, bool dry_run);

}  // namespace deskloom::operation
