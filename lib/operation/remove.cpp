#include "operation/remove.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace deskloom::operation {
namespace {

void check_not_held(const Catalogue& catalogue, const std::string& id) {
  const auto held = catalogue.holders();
  const auto holder = held.find(id);
  if (holder == held.end()) return;
  throw base::Error(base::ErrorKind::locked, holder->second + " holds snapshot " + id,
                    "it can go once the user has a newer one, or the instance is destroyed");
}

Removal find_removal(const snapshot::Store& store, const Catalogue& catalogue, const std::string& name) {
  try {
    auto record = catalogue.resolve(name, std::nullopt);
    return {record.id, std::move(record)};
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::not_found || !std::ranges::binary_search(store.ids(), name)) throw;
    return {name, std::nullopt};
  }
}

}  // namespace

std::vector<Removal> find_removals(const snapshot::Store& store, const Catalogue& catalogue,
                                   const std::vector<std::string>& names) {
  std::vector<Removal> removals;
  for (const auto& name : names) {
    auto removal = find_removal(store, catalogue, name);
    check_not_held(catalogue, removal.id);
    const bool is_known = std::ranges::find(removals, removal.id, &Removal::id) != removals.end();
    if (!is_known) removals.push_back(std::move(removal));
  }
  return removals;
}

void remove(snapshot::Store& store, const Catalogue& catalogue, const Removal& removal,
            const Patience& patience) {
  std::unique_ptr<state::LeaseGuard> lease;
  if (removal.record) {
    lease = catalogue.lease(removal.record->user, "snapshot remove", patience.timeout, patience.on_wait);
  }
  check_not_held(catalogue, removal.id);
  remove_snapshot(store, catalogue, removal.id);
}

// The record first: killed in between, the snapshot is found again by the next capture.
void remove_snapshot(snapshot::Store& store, const Catalogue& catalogue, const std::string& id) {
  catalogue.forget(id);
  try {
    store.remove(id);
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::not_found) throw;
  }
}

}  // namespace deskloom::operation
