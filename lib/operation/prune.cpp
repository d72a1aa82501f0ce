#include "operation/prune.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "base/error.hpp"

namespace deskloom::operation {
namespace {

// Others wait so long as so many are removed.
constexpr std::size_t removed_at_once = 1000;

bool goes(const Pruned& pruned) { return !pruned.decision.keep; }

void spare(Pruned& pruned, const std::string& reason) {
  pruned.decision = {pruned.snapshot.id, true, reason};
  pruned.is_spared = true;
}

std::vector<Pruned> decide(const Catalogue& catalogue, const std::optional<std::string>& user,
                           const plan::KeepRule& rule) {
  std::vector<Pruned> all;
  std::vector<plan::Dated> of_user;
  for (auto& snapshot : catalogue.dates(user)) all.push_back({std::move(snapshot), {}, false});
  for (auto first = all.begin(); first != all.end();) {
    const auto last = std::find_if(first, all.end(),
                                   [&](const Pruned& p) { return p.snapshot.user != first->snapshot.user; });
    of_user.clear();
    for (auto i = first; i != last; ++i) of_user.push_back({i->snapshot.id, i->snapshot.created_at});
    for (auto& decision : plan::decide_what_to_keep(of_user, rule)) (first++)->decision = std::move(decision);
  }
  return all;
}

void spare_held(const Catalogue& catalogue, std::span<Pruned> all) {
  const auto held = catalogue.holders();
  for (Pruned& pruned : all) {
    const auto holder = held.find(pruned.snapshot.id);
    if (goes(pruned) && holder != held.end()) spare(pruned, holder->second + " holds it");
  }
}

bool is_free(const Catalogue& catalogue, const std::string& user) try {
  return catalogue.lease(user, "snapshot prune", std::chrono::milliseconds(0), {}), true;
} catch (const base::Error& e) {
  if (e.kind() != base::ErrorKind::locked) throw;
  return false;
}

// Nothing of a user's goes while another command works on them.
void spare_busy(const Catalogue& catalogue, std::span<Pruned> all) {
  std::map<std::string, bool> free;
  for (Pruned& pruned : all) {
    if (!goes(pruned)) continue;
    const auto [user, is_new] = free.try_emplace(pruned.snapshot.user);
    if (is_new) user->second = is_free(catalogue, user->first);
    if (!user->second) spare(pruned, "another command works on " + user->first);
  }
}

// The manifests within the catalogue's transaction, so that nobody takes them for a killed capture's. Killed
// in between, the records of what is gone are left to the next prune.
void remove(snapshot::Store& store, const Catalogue& catalogue, std::span<Pruned> some) {
  catalogue.at_once([&] {
    spare_held(catalogue, some);
    spare_busy(catalogue, some);
    std::vector<std::string> ids;
    for (const Pruned& pruned : some) {
      if (goes(pruned)) ids.push_back(pruned.snapshot.id);
    }
    for (const std::string& id : ids) catalogue.forget(id);
    store.remove_all(ids);
  });
}

}  // namespace

std::vector<Pruned> prune(snapshot::Store& store, const Catalogue& catalogue,
                          const std::optional<std::string>& user, const plan::KeepRule& rule, bool dry_run) {
  auto all = decide(catalogue, user, rule);
  if (dry_run) return spare_held(catalogue, all), all;
  std::size_t found = 0;
  for (std::size_t first = 0, i = 0; i < all.size(); ++i) {
    found += goes(all[i]) ? 1U : 0U;
    if (found == 0 || (found < removed_at_once && i + 1 < all.size())) continue;
    remove(store, catalogue, std::span(all).subspan(first, i + 1 - first));
    first = i + 1;
    found = 0;
  }
  return all;
}

}  // namespace deskloom::operation
