#include "persona/diff.hpp"

#include <map>

#include "base/text.hpp"
#include "persona/capture.hpp"

namespace deskloom::persona {
namespace {

using Values = std::map<std::string, std::string>;

std::vector<ValueChange> diff_values(const Values& older, const Values& newer) {
  std::vector<ValueChange> changes;
  for (const auto& [name, value] : older) {
    const auto found = newer.find(name);
    if (found == newer.end()) {
      changes.push_back({"removed", name, value, {}});
    } else if (found->second != value) {
      changes.push_back({"changed", name, value, found->second});
    }
  }
  for (const auto& [name, value] : newer) {
    if (!older.contains(name)) changes.push_back({"added", name, {}, value});
  }
  return changes;
}

// Running applications by command line, with the files they have open.
Values running(const Profile& profile) {
  Values values;
  for (const auto& p : profile.processes) {
    if (!p.relaunch) continue;
    std::vector<std::string> files;
    for (const auto& file : p.open_files) files.push_back(file.path);
    values[base::join(p.argv, " ")] = base::join(files, ", ");
  }
  return values;
}

Values settings(const Profile& profile) {
  Values values;
  for (const auto& s : profile.settings) values[s.key] = s.value;
  return values;
}

}  // namespace

std::vector<ValueChange> diff_applications(const Profile& older, const Profile& newer) {
  return diff_values(running(older), running(newer));
}

std::vector<ValueChange> diff_settings(const Profile& older, const Profile& newer) {
  return diff_values(settings(older), settings(newer));
}

PersonaDiff diff(const snapshot::Store& store, const snapshot::Snapshot& older,
                 const snapshot::Snapshot& newer) {
  PersonaDiff result;
  if (older.layer("profile") != nullptr && newer.layer("profile") != nullptr) {
    const auto before = load_profile(store, older);
    const auto after = load_profile(store, newer);
    result.applications = diff_applications(before, after);
    result.settings = diff_settings(before, after);
  }
  if (older.layer("tree") != nullptr && newer.layer("tree") != nullptr) {
    result.files = store.diff(*older.layer("tree"), *newer.layer("tree"));
  }
  return result;
}

}  // namespace deskloom::persona
