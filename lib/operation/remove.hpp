#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operation/catalogue.hpp"

namespace deskloom::operation {

struct Removal {
  std::string id;
  std::optional<domain::SnapshotRecord> record;  // nullopt: of a manifest that is damaged, or not recorded
};

// What the names mean, each once: as in Catalogue::resolve, or the full id of what the store alone knows.
// Throws Error(not_found|usage), and Error(locked) naming what holds one of them.
std::vector<Removal> find_removals(const snapshot::Store& store, const Catalogue& catalogue,
                                   const std::vector<std::string>& names);

// Looks once more, with the user's lease held, whether something holds it. What only it needed is freed by
// Store::collect.
struct Patience {
  std::chrono::milliseconds timeout{0};
  Catalogue::OnWait on_wait;
};
void remove(snapshot::Store& store, const Catalogue& catalogue, const Removal& removal,
            const Patience& patience);

// From the catalogue and from the store; one that is in neither is no error. Whoever calls has looked whether
// something holds it.
void remove_snapshot(snapshot::Store& store, const Catalogue& catalogue, const std::string& id);

}  // namespace deskloom::operation
