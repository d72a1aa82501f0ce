#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"
#include "policy/checks.hpp"
#include "policy/defaults.hpp"
#include "policy/document.hpp"
#include "policy/keys.hpp"
#include "policy/policy.hpp"

namespace deskloom::policy {
namespace {

[[noreturn]] void refuse_unknown(const Member& member, const std::string& section,
                                 const std::vector<std::string>& known) {
  const std::string where = section.empty() ? "" : " in [" + section + "]";
  const auto near = base::nearest(member.key, known);
  throw error_at(member.value.at,
                 "unknown key '" + base::printable(member.key) + "'" + where +
                     (near ? "; did you mean '" + *near + "'?" : ""),
                 near ? "" : "known keys: " + base::join(known, ", "));
}

void require_table(const Member& member, const std::string& section) {
  if (member.value.kind == Value::Kind::table) return;
  throw error_at(member.value.at,
                 "'" + section + "' must be a table, not " + std::string(describe(member.value.kind)));
}

template <typename Section>
Section& find_or_add(std::map<std::string, Section>& sections, const std::string& name) {
  return sections[name];
}

Application& find_or_add(std::vector<Application>& applications, const std::string& name) {
  const auto found = std::find_if(applications.begin(), applications.end(),
                                  [&](const Application& a) { return a.name == name; });
  return found != applications.end() ? *found : applications.emplace_back();
}

// Merges files into one policy and remembers where each key was set, for checks that span keys.
class Loader {
 public:
  void merge(const std::filesystem::path& file) {
    policy_.files.push_back(file);
    const Value document = read_document(file);
    for (const auto& member : document.members) merge_top_level(member);
  }

  Policy finish() {
    add_missing_sections(policy_);
    check(policy_, origins_);
    return std::move(policy_);
  }

 private:
  void merge_top_level(const Member& member) {
    if (member.key == "host") {
      merge_sections(member, policy_.hosts, host_keys());
    } else if (member.key == "pool") {
      merge_sections(member, policy_.pools, pool_keys());
    } else if (member.key == "application") {
      merge_sections(member, policy_.applications, application_keys());
    } else if (member.key == "mode") {
      merge_sections(member, policy_.modes, mode_keys());
    } else if (member.key == "stage") {
      merge_sections(member, policy_.stages, stage_keys());
    } else if (member.key == "scale") {
      merge_sections(member, policy_.scales, scale_keys());
    } else if (member.key == "price") {
      merge_sections(member, policy_.prices, price_keys());
    } else if (member.key == "spot") {
      require_table(member, member.key);
      merge_section(member.value, member.key, policy_.spot, spot_keys());
    } else if (member.key == "capture") {
      require_table(member, member.key);
      merge_section(member.value, member.key, policy_.capture, capture_keys());
    } else if (member.key == "keep") {
      require_table(member, member.key);
      merge_section(member.value, member.key, policy_.keep, keep_keys());
    } else if (member.key == "store") {
      require_table(member, member.key);
      merge_section(member.value, member.key, policy_.store, store_keys());
    } else if (member.key == "history") {
      require_table(member, member.key);
      merge_section(member.value, member.key, policy_.history, history_keys());
    } else if (member.key == "forecast") {
      require_table(member, member.key);
      merge_section(member.value, member.key, policy_.forecast, forecast_keys());
    } else {
      merge_key(member, "", policy_, policy_keys(),
                {"host", "pool", "application", "mode", "stage", "scale", "price", "spot", "capture", "keep",
                 "store", "history", "forecast"});
    }
  }

  template <typename Sections, typename Section>
  void merge_sections(const Member& member, Sections& sections, const Keys<Section>& keys) {
    require_table(member, member.key);
    for (const auto& [name, value] : member.value.members) {
      const std::string path = member.key + "." + name;
      if (!base::is_valid_name(name))
        throw error_at(value.at, "'" + base::printable(name) + "' is no name for a " + member.key,
                       "use letters, digits, '-', '_' and '.', at most 63");
      require_table({name, value}, path);
      Section& section = find_or_add(sections, name);
      section.name = name;
      merge_section(value, path, section, keys);
    }
  }

  template <typename Section>
  void merge_section(const Value& table, const std::string& path, Section& section,
                     const Keys<Section>& keys) {
    origins_[path] = table.at;
    for (const auto& member : table.members) merge_key(member, path, section, keys, {});
  }

  template <typename Section>
  void merge_key(const Member& member, const std::string& path, Section& section, const Keys<Section>& keys,
                 std::vector<std::string> known) {
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.name == member.key; });
    if (key == keys.end()) {
      for (const auto& k : keys) known.push_back(k.name);
      refuse_unknown(member, path, known);
    }
    key->set(section, member.value);
    origins_[path.empty() ? member.key : path + "." + member.key] = member.value.at;
  }

  Policy policy_ = built_in_policy();
  Origins origins_;
};

std::vector<std::filesystem::path> files_of(const Sources& sources) {
  if (sources.config) return {*sources.config};
  std::vector<std::filesystem::path> files;
  const auto main_file = sources.config_dir / "deskloom.toml";
  std::error_code absent;
  if (std::filesystem::exists(main_file, absent)) files.push_back(main_file);
  const auto first_part = static_cast<std::ptrdiff_t>(files.size());
  for (const auto& entry : std::filesystem::directory_iterator(sources.config_dir / "conf.d", absent)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin() + first_part, files.end());
  return files;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Policy load(const Sources& sources) {
  Loader loader;
  for (const auto& file : files_of(sources)) loader.merge(file);
  Policy policy = loader.finish();
  if (sources.state_dir) policy.state_dir = std::filesystem::absolute(*sources.state_dir);
  if (policy.state_dir.empty())
    policy.state_dir =
        default_state_dir(::geteuid() == 0, environment("XDG_STATE_HOME"), environment("HOME"));
  if (policy.image_dir.empty()) policy.image_dir = policy.state_dir / "images";
  if (policy.app_persona_dir.empty()) policy.app_persona_dir = policy.state_dir / "app-personas";
  if (policy.snapshot_store.empty()) policy.snapshot_store = policy.state_dir / "store";
  return policy;
}

}  // namespace deskloom::policy
