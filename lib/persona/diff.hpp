#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "persona/profile.hpp"
#include "snapshot/store.hpp"

namespace deskloom::persona {

struct ValueChange {
  std::string kind;  // "added", "removed", "changed"
  std::string name;
  std::string before;
  std::string after;
};

struct LayerChange {
  std::string kind;  // "added", "removed", "changed", "same"
  std::string name;
  std::uint64_t old_size_bytes = 0;              // not of one that was added
  std::uint64_t new_size_bytes = 0;              // not of one that was removed
  std::optional<snapshot::ContentDiff> content;  // of what both have
};

// What differs between two captures of personas (SPEC A6).
struct PersonaDiff {
  std::vector<ValueChange> applications;  // before/after: the open files
  std::vector<ValueChange> settings;
  std::vector<snapshot::Change> files;
  // Every layer that only one of them has; and of what both have, all but the tree and the profile, which are
  // told above. In the order of the older one.
  std::vector<LayerChange> layers;
};

PersonaDiff diff(const snapshot::Store& store, const snapshot::Snapshot& older,
                 const snapshot::Snapshot& newer);
// The profile's part alone.
std::vector<ValueChange> diff_applications(const Profile& older, const Profile& newer);
std::vector<ValueChange> diff_settings(const Profile& older, const Profile& newer);

}  // namespace deskloom::persona
