#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operation/world.hpp"

// What a host and the state store do not agree on (SPEC I1): after a crash of either, or when the state store
// is an older copy.
namespace deskloom::operation {

// Something that Deskloom made on a host, and no live row of the state store stands for.
struct Orphan {
  std::string name;
  std::string host;
  bool has_domain = false;
  bool has_files = false;
  // The state store knows that it was reclaimed. One that it does not know at all may be somebody's desktop,
  // which an older copy of the state store has forgotten.
  bool was_reclaimed = false;
};

// Throws what Runtime::residents throws.
std::vector<Orphan> orphans_on(const World& world, const std::string& host);
// By its name, on the first host that has it; hosts that do not answer are passed over.
std::optional<Orphan> find_orphan(const World& world, const std::string& name);
// Ends its domain and removes its files.
void remove_orphan(const World& world, const Orphan& orphan);

// Removes those of the host that were reclaimed, and says which others there are. Returns what it removed.
std::vector<Orphan> clean_up(const World& world, const std::string& host);

// Rows that should have a domain, and have none: after a power cut nobody else says so.
std::vector<domain::Instance> lost_instances(const World& world, const state::InstanceFilter& filter);

}  // namespace deskloom::operation
