#pragma once

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

// What differs between two captures of personas (SPEC A6).
struct PersonaDiff {
  std::vector<ValueChange> applications;  // before/after: the open files
  std::vector<ValueChange> settings;
  std::vector<snapshot::Change> files;
};

PersonaDiff diff(const snapshot::Store& store, const snapshot::Snapshot& older,
                 const snapshot::Snapshot& newer);
// The profile's part alone.
std::vector<ValueChange> diff_applications(const Profile& older, const Profile& newer);
std::vector<ValueChange> diff_settings(const Profile& older, const Profile& newer);

}  // namespace deskloom::persona
