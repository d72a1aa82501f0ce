#include "persona/capture.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"
#include "persona/applications.hpp"
#include "persona/guest_tree.hpp"

namespace deskloom::persona {
namespace {

constexpr std::uint64_t max_profile_bytes = 64 << 20;

// What an application needs to find its display, bus and language again; nothing that could be a secret.
const std::vector<std::string> kept_environment{
    "LANG", "LC_ALL", "TZ", "TERM", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE"};

std::string as_text(const std::string& bytes) {
  return base::is_valid_utf8(bytes) ? bytes : base::printable(bytes);
}

std::vector<DataLocation> data_locations(const guest::UserReport& report) {
  std::vector<DataLocation> result;
  for (const auto& m : report.mounts)
    result.push_back({"mount", as_text(m.type), as_text(m.target), as_text(m.source)});
  for (const auto& [name, path] : report.xdg_directories)
    result.push_back({"xdg", as_text(name), as_text(path), {}});
  for (const auto& folder : report.sync_folders) {
    result.push_back({"sync", as_text(folder.substr(folder.rfind('/') + 1)), as_text(folder), {}});
  }
  return result;
}

std::vector<Setting> settings_of(const guest::UserReport& report) {
  std::vector<Setting> result;
  for (const auto& s : report.settings) result.push_back({as_text(s.key), as_text(s.value)});
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return result;
}

Profile make_profile(const guest::UserReport& report, const policy::Policy& policy, const Profile* previous,
                     base::Timestamp now) {
  Profile profile;
  profile.user = report.account.name;
  profile.home = as_text(report.account.home);
  profile.captured_at = now;
  profile.processes = classify_processes(report.processes, policy.applications, now);
  profile.applications = accumulate_use(profile.processes, previous, now);
  profile.settings = settings_of(report);
  profile.data_locations = data_locations(report);
  for (const auto& p : profile.processes) {
    profile.cpu_ms += p.cpu_ms;
    profile.memory_bytes += p.memory_bytes;
  }
  for (const auto& note : report.notes) profile.notes.push_back(as_text(note));
  return profile;
}

// A pattern list that selects is a PathFilter that "excludes" what is selected.
std::vector<std::string> settings_files(const std::vector<snapshot::Node>& nodes,
                                        const std::vector<std::string>& patterns) {
  const snapshot::PathFilter selected(patterns);
  std::vector<std::string> result;
  for (const auto& node : nodes) {
    const bool is_file = node.type == snapshot::NodeType::file || node.type == snapshot::NodeType::symlink;
    if (is_file && base::is_valid_utf8(node.path) && selected.excluded(node.path, false))
      result.push_back(node.path);
  }
  return result;
}

base::Json metadata(const CaptureRequest& request, const Profile& profile, const guest::UserReport& report,
                    const std::vector<snapshot::Skipped>& skipped) {
  base::Json left_out = base::Json::array();
  for (const auto& s : skipped)
    left_out.push_back({{"path", as_text(s.path)}, {"reason", as_text(s.reason)}});
  return {{"user", request.user},
          {"instance", request.instance},
          {"host", request.host},
          {"home", profile.home},
          {"resources",
           {{"cpu_ms", profile.cpu_ms},
            {"memory_bytes", profile.memory_bytes},
            {"memory_total_bytes", report.memory_total_bytes},
            {"cpus", report.cpu_count}}},
          {"skipped", left_out}};
}

struct Previous {
  std::optional<snapshot::Snapshot> snapshot;
  std::optional<Profile> profile;
};

Previous load_previous(const snapshot::Store& store, const std::optional<std::string>& id) {
  Previous previous;
  if (!id) return previous;
  try {
    previous.snapshot = store.get(*id);
    previous.profile = load_profile(store, *previous.snapshot);
  } catch (const base::Error& e) {
    // A lost predecessor costs a full read, not the capture.
    if (e.kind() != base::ErrorKind::not_found && e.kind() != base::ErrorKind::corrupt) throw;
  }
  return previous;
}

}  // namespace

Profile load_profile(const snapshot::Store& store, const snapshot::Snapshot& snapshot) {
  const auto* layer = snapshot.layer("profile");
  if (layer == nullptr) {
    throw base::Error(base::ErrorKind::not_found, "snapshot " + snapshot.id + " has no profile layer",
                      "it was not captured from an instance; see 'deskloom snapshot show'");
  }
  const std::string origin = "snapshot " + snapshot.id;
  return profile_from_json(base::parse_json(store.read_stream(*layer, max_profile_bytes), origin), origin);
}

snapshot::SpecialFiles special_files(const policy::Capture& capture) {
  const auto has = [&](const char* kind) {
    return std::ranges::find(capture.special_files, kind) != capture.special_files.end();
  };
  return {has("fifo"), has("device")};
}

CaptureResult capture(guest::Client& client, const CaptureRequest& request, const policy::Policy& policy,
                      snapshot::Store& store, const base::Clock& clock, base::Progress& progress) {
  const auto started = clock.now();
  const Previous previous = load_previous(store, request.previous);
  const auto report = client.report(request.user, policy.capture.dconf, kept_environment);

  CaptureResult result;
  result.profile = make_profile(report, policy, previous.profile ? &*previous.profile : nullptr, started);

  const auto writer = store.begin(progress);
  GuestTreeSource source(client, {request.user, policy.capture.include, policy.capture.exclude},
                         report.clock_ns, progress);
  const auto* previous_tree = previous.snapshot ? previous.snapshot->layer("tree") : nullptr;
  const auto tree =
      writer->put_tree("tree", source, previous_tree, result.skipped, special_files(policy.capture));
  result.profile.settings_files = settings_files(source.nodes(), policy.capture.settings_files);
  base::TextSource document(to_json(result.profile).dump());
  writer->put_stream("profile", document, previous.snapshot ? previous.snapshot->layer("profile") : nullptr);

  result.more = request.put_more ? request.put_more(*writer) : base::Json::object();
  auto facts = metadata(request, result.profile, report, result.skipped);
  facts.update(result.more);
  const auto committed = writer->commit(std::move(facts), request.created_at);
  result.stats = writer->stats();
  result.record = {
      .id = committed.id,
      .user = request.user,
      .instance = request.instance,
      .host = request.host,
      .created_at = request.created_at,
      .layers = {},
      .files = tree.files,
      .size_bytes = 0,
      .read_bytes = result.stats.read_bytes,
      .added_bytes = result.stats.added_bytes,
      .elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - started).count(),
      .skipped = result.skipped.size()};
  for (const auto& layer : committed.layers) {
    result.record.layers.push_back(layer.name);
    result.record.size_bytes += layer.size_bytes;
  }
  return result;
}

}  // namespace deskloom::persona
