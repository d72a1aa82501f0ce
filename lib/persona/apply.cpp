#include "persona/apply.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "persona/applications.hpp"
#include "persona/guest_tree.hpp"

namespace deskloom::persona {
namespace {

using base::Json;

constexpr std::uint32_t install_timeout_ms = 15 * 60 * 1000;
constexpr std::uint32_t configure_timeout_ms = 2 * 60 * 1000;
constexpr std::uint32_t query_timeout_ms = 10'000;

std::string last_line(const std::string& output) {
  std::string text = output;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return base::printable(text.substr(text.rfind('\n') + 1)).substr(0, 300);
}

// Empty when done, else why not.
std::string prepare(guest::Client& client, const policy::Application& entry, const std::string& user,
                    const std::string& program) {
  if (!entry.install.empty() &&
      client.run("", {"/bin/sh", "-c", "[ -e \"$1\" ]", "sh", program}, query_timeout_ms).exit_code != 0) {
    const auto installed = client.run("", entry.install, install_timeout_ms);
    if (installed.exit_code != 0) return "install command failed: " + last_line(installed.output);
  }
  if (!entry.configure.empty()) {
    const auto configured = client.run(user, entry.configure, configure_timeout_ms);
    if (configured.exit_code != 0) return "configure command failed: " + last_line(configured.output);
  }
  return {};
}

std::vector<std::string> paths_of(const std::vector<OpenFile>& files) {
  std::vector<std::string> paths;
  for (const auto& file : files) paths.push_back(file.path);
  return paths;
}

using Environment = std::vector<std::pair<std::string, std::string>>;

// Where windows open: it differs from session to session, so that none is captured.
const std::vector<std::string> display_environment{"DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY"};

Environment display_of(const std::vector<guest::Process>& running) {
  const auto shown = std::ranges::find_if(running, [](const auto& p) { return !p.environment.empty(); });
  return shown == running.end() ? Environment{} : shown->environment;
}

guest::Launch launch_of(const Profile& profile, const Process& process, const Environment& display) {
  guest::Launch launch;
  launch.user = profile.user;
  launch.argv = process.argv;
  launch.cwd = process.cwd;
  launch.environment = process.environment;
  launch.environment.insert(launch.environment.end(), display.begin(), display.end());
  launch.expected_files = paths_of(process.open_files);
  return launch;
}

void describe(const guest::LaunchResult& launched, ApplicationResult& result) {
  result.restored = launched.running && launched.missing_files.empty();
  if (result.restored) {
    result.detail = "running as pid " + std::to_string(launched.pid);
  } else if (launched.running) {
    result.detail = "running, but without " + base::printable(base::join(launched.missing_files, ", "));
  } else {
    result.detail = base::printable(launched.reason);
  }
}

ApplicationResult restore_one(guest::Client& client, const Profile& profile, const policy::Policy& policy,
                              const Process& process, const Environment& display,
                              std::vector<guest::Process>& running) {
  ApplicationResult result{process.application, paths_of(process.open_files), false, {}};
  const auto same =
      std::find_if(running.begin(), running.end(), [&](const auto& p) { return p.argv == process.argv; });
  if (same != running.end()) {
    result.restored = true;
    result.detail = "already running as pid " + std::to_string(same->pid);
    running.erase(same);  // two windows of one application are two processes
    return result;
  }
  if (const auto* entry = find_application(policy.applications, process.program)) {
    result.detail = prepare(client, *entry, profile.user, process.program);
    if (!result.detail.empty()) return result;
  }
  describe(client.launch(launch_of(profile, process, display)), result);
  return result;
}

// Most used first: the desktop is useful before the last application is up.
std::vector<Process> in_order_of_use(const Profile& profile) {
  std::map<std::string, std::size_t> rank;
  for (std::size_t i = 0; i < profile.applications.size(); ++i) rank[profile.applications[i].name] = i;
  std::vector<Process> ordered = profile.processes;
  std::stable_sort(ordered.begin(), ordered.end(), [&](const Process& a, const Process& b) {
    return rank[a.application] < rank[b.application];
  });
  return ordered;
}

Json failures_to_json(const std::vector<snapshot::Skipped>& failures, const char* key) {
  Json list = Json::array();
  for (const auto& f : failures)
    list.push_back({{key, base::printable(f.path)}, {"reason", base::printable(f.reason)}});
  return list;
}

std::vector<snapshot::Skipped> failures_from_json(const Json& list, const char* key) {
  std::vector<snapshot::Skipped> failures;
  for (const auto& f : list) failures.push_back({f.at(key), f.at("reason")});
  return failures;
}

}  // namespace

Json to_json(const ApplyResult& result) {
  Json applications = Json::array();
  for (const auto& a : result.applications) {
    applications.push_back(
        {{"application", a.application}, {"files", a.files}, {"restored", a.restored}, {"detail", a.detail}});
  }
  return {{"files", result.files},
          {"files_written", result.files_written},
          {"file_failures", failures_to_json(result.file_failures, "path")},
          {"settings", result.settings},
          {"setting_failures", failures_to_json(result.setting_failures, "key")},
          {"applications", applications}};
}

ApplyResult apply_result_from_json(const Json& j) {
  ApplyResult result;
  result.files = j.at("files");
  result.files_written = j.at("files_written");
  result.file_failures = failures_from_json(j.at("file_failures"), "path");
  result.settings = j.at("settings");
  result.setting_failures = failures_from_json(j.at("setting_failures"), "key");
  for (const auto& a : j.at("applications")) {
    result.applications.push_back({a.at("application"), a.at("files").get<std::vector<std::string>>(),
                                   a.at("restored"), a.at("detail")});
  }
  return result;
}

void apply_files(guest::Client& client, const std::string& user, const snapshot::Store& store,
                 const snapshot::Snapshot& snapshot, const policy::Capture& capture, ApplyResult& result,
                 base::Progress& progress) {
  const auto* tree = snapshot.layer("tree");
  if (tree == nullptr) return;
  GuestTreeSink sink(client, {user, capture.include, capture.exclude});
  store.restore(*tree, sink, {}, progress);
  result.files = tree->files;
  result.files_written = sink.files_written();
  result.file_failures = sink.failures();
}

void apply_settings(guest::Client& client, const Profile& profile, ApplyResult& result) {
  std::vector<guest::Setting> settings;
  for (const auto& s : profile.settings) settings.push_back({s.key, s.value});
  result.settings = settings.size();
  result.setting_failures.clear();
  if (settings.empty()) return;
  for (auto& [key, reason] : client.apply_settings(profile.user, settings)) {
    result.setting_failures.push_back({key, reason});
  }
}

void launch_applications(guest::Client& client, const Profile& profile, const policy::Policy& policy,
                         ApplyResult& result) {
  auto running = client.report(profile.user, {}, display_environment).processes;
  const auto display = display_of(running);
  result.applications.clear();
  for (const auto& process : in_order_of_use(profile)) {
    if (process.relaunch)
      result.applications.push_back(restore_one(client, profile, policy, process, display, running));
  }
}

void start_applications(guest::Client& client, const std::string& user,
                        const std::vector<policy::Application>& wanted, ApplyResult& result) {
  if (wanted.empty()) return;
  const auto running = client.report(user, {}, display_environment).processes;
  for (const policy::Application& application : wanted) {
    const auto is_it = [&](const guest::Process& p) {
      return find_application({application}, p.script.empty() ? p.executable : p.script) != nullptr;
    };
    if (std::ranges::any_of(running, is_it)) continue;
    ApplicationResult started{application.name, {}, false, {}};
    started.detail = prepare(client, application, user, application.command.front());
    if (started.detail.empty())
      describe(client.launch({user, application.command, "", display_of(running), {}}), started);
    result.applications.push_back(started);
  }
}

}  // namespace deskloom::persona
