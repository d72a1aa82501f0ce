#include "captures.hpp"

#include "unit/snapshot/snapshot_builders.hpp"

namespace deskloom::test {
namespace {

base::Timestamp next_time() {
  static base::Timestamp now = base::parse_rfc3339("2026-01-05T09:00:00.000Z");
  return now += std::chrono::minutes(1);
}

}  // namespace

persona::Profile profile_of(const std::string& user, const std::string& setting_value) {
  const auto at = base::parse_rfc3339("2026-01-05T08:30:00.000Z");
  persona::Profile profile;
  profile.user = user;
  profile.home = "/home/" + user;
  profile.captured_at = at;
  profile.applications = {{"editor", "/usr/bin/editor", 3, 41.5, at, 1.0}};
  persona::Process process;
  process.application = "editor";
  process.program = "/usr/bin/editor";
  process.argv = {"/usr/bin/editor", "notes.txt"};
  process.cwd = profile.home;
  process.open_files = {{profile.home + "/notes.txt", true}};
  process.started_at = at;
  process.relaunch = true;
  profile.processes = {process};
  profile.settings = {{"dconf:/org/desk/theme", setting_value}};
  profile.data_locations = {{"xdg", "DOCUMENTS", profile.home + "/Documents", ""}};
  return profile;
}

domain::SnapshotRecord put_capture(const Deployment& deployment, const persona::Profile& profile,
                                   snapshot::TreeSource& tree) {
  const auto store = snapshot::Store::open(deployment.snapshot_store());
  base::NoProgress progress;
  const auto writer = store->begin(progress);
  StringSource stream(to_json(profile).dump(-1, ' ', false, base::Json::error_handler_t::replace));
  writer->put_stream("profile", stream);
  std::vector<snapshot::Skipped> skipped;
  const auto layer = writer->put_tree("tree", tree, nullptr, skipped);
  const auto snapshot = writer->commit({{"user", profile.user}}, next_time());

  domain::SnapshotRecord record;
  record.id = snapshot.id;
  record.user = profile.user;
  record.instance = "default-1";
  record.host = "local";
  record.created_at = snapshot.created_at;
  record.layers = {"profile", "tree"};
  record.files = layer.files;
  record.size_bytes = layer.size_bytes;
  record.read_bytes = writer->stats().read_bytes;
  record.added_bytes = writer->stats().added_bytes;
  const auto state = deployment.state();
  state.users.ensure(record.user, record.created_at);
  state.snapshots.put(record);
  return record;
}

}  // namespace deskloom::test
