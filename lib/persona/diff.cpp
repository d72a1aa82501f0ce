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

bool is_told_in_detail(const snapshot::Layer& layer) {
  return layer.kind == "tree" || layer.name == "profile";
}

std::vector<LayerChange> diff_layers(const snapshot::Store& store, const snapshot::Snapshot& older,
                                     const snapshot::Snapshot& newer) {
  std::vector<LayerChange> changes;
  for (const auto& before : older.layers) {
    const auto* after = newer.layer(before.name);
    if (after == nullptr) {
      changes.push_back({"removed", before.name, before.size_bytes, 0, std::nullopt});
    } else if (!is_told_in_detail(before) && !is_told_in_detail(*after)) {
      const auto content = store.diff_content(before, *after);
      const bool is_same =
          content.is_exact && content.differing_bytes == 0 && before.size_bytes == after->size_bytes;
      changes.push_back(
          {is_same ? "same" : "changed", before.name, before.size_bytes, after->size_bytes, content});
    }
  }
  for (const auto& after : newer.layers) {
    if (older.layer(after.name) == nullptr)
      changes.push_back({"added", after.name, 0, after.size_bytes, std::nullopt});
  }
  return changes;
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
  result.layers = diff_layers(store, older, newer);
  return result;
}

}  // namespace deskloom::persona
