#include "operation/catalogue.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace deskloom::operation {
namespace {

using Records = std::vector<domain::SnapshotRecord>;
using OpenStore = std::function<snapshot::Store&()>;

constexpr std::size_t shortest_prefix = 4;
constexpr std::chrono::seconds clock_doubt{2};
// Looking into so many folders again costs less than writing durably that they are known.
constexpr std::size_t worth_a_write = 8;

// nullopt: it is damaged, or was removed meanwhile.
std::optional<domain::SnapshotRecord> read_record(const snapshot::Store& store, const std::string& id) {
  try {
    return record_of(store.get(id));
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::corrupt && e.kind() != base::ErrorKind::not_found) throw;
    return std::nullopt;
  }
}

class RecordedCatalogue : public Catalogue {
 public:
  RecordedCatalogue(const state::Store& state, OpenStore snapshots)
      : state_(state), snapshots_(std::move(snapshots)) {}

  Records list(const std::optional<std::string>& user, int limit) const override {
    return state_.snapshots.list(user, limit);
  }
  std::vector<Dated> dates(const std::optional<std::string>& user) const override {
    return state_.snapshots.dates(user);
  }
  void at_once(const std::function<void()>& work) const override {
    auto transaction = state_.transaction();
    work();
    transaction.commit();
  }
  Records beginning_with(const std::string& prefix, const std::optional<std::string>& user) const override {
    return state_.snapshots.beginning_with(prefix, user);
  }
  std::optional<domain::SnapshotRecord> latest(const std::string& user) const override {
    record_orphans();
    return state_.snapshots.latest(user);
  }
  void add(const domain::SnapshotRecord& record) const override { state_.snapshots.put(record); }
  void forget(const std::string& id) const override { state_.snapshots.remove(id); }
  std::map<std::string, std::string> holders() const override;
  std::unique_ptr<state::LeaseGuard> lease(const std::string& user, const std::string& purpose,
                                           std::chrono::milliseconds timeout,
                                           const OnWait& on_wait) const override {
    return std::make_unique<state::LeaseGuard>(state_.leases, "user:" + user, purpose, timeout, on_wait);
  }

 private:
  void record_orphans() const;
  void record_orphans_in(const std::string& folder) const;

  const state::Store& state_;
  OpenStore snapshots_;
};

// A capture is durable in the snapshot store before it is recorded here; a kill in between leaves it
// unrecorded, and what others send is recorded by nobody. Only the folders that have changed are looked into.
void RecordedCatalogue::record_orphans() const {
  const auto known = state_.snapshots.known_folders();
  const auto now = base::SystemClock().now();  // as the file system's
  std::vector<snapshot::IdFolder> seen;
  for (auto& folder : snapshots_().folders()) {
    const auto before = known.find(folder.name);
    if (before != known.end() && before->second == folder.changed_at) continue;
    record_orphans_in(folder.name);
    // In the same tick of its clock, another may yet come.
    if (folder.changed_at < now - clock_doubt) seen.push_back(std::move(folder));
  }
  if (seen.size() < worth_a_write || state_.db().is_read_only()) return;
  at_once([&] {
    for (const auto& folder : seen) state_.snapshots.put_known_folder(folder.name, folder.changed_at);
  });
}

void RecordedCatalogue::record_orphans_in(const std::string& folder) const {
  const auto committed = snapshots_().ids_in(folder);
  const auto recorded = state_.snapshots.ids_beginning_with(folder);
  std::vector<std::string> orphans;
  std::ranges::set_difference(committed, recorded, std::back_inserter(orphans));
  for (const auto& id : orphans) {
    const auto record = read_record(snapshots_(), id);
    if (record && !record->user.empty()) add(*record);
  }
}

// An instance that it was put on, from which applications are brought back, or an operation that was killed
// and will be resumed.
std::map<std::string, std::string> RecordedCatalogue::holders() const {
  std::map<std::string, std::string> held;
  for (const auto& instance : state_.instances.list()) {
    if (instance.snapshot) held[*instance.snapshot] = "instance " + instance.name;
  }
  for (const auto& volume : state_.volumes.elsewhere())
    held[volume.snapshot] = "the volume of instance " + volume.instance;
  for (const auto& operation : state_.operations.running()) {
    const auto parameters = base::parse_json(operation.parameters, "operation " + operation.id);
    for (const char* name : {"snapshot", "volume"}) {
      if (parameters.contains(name) && parameters[name].is_string())
        held[parameters[name]] = "operation " + operation.id;
    }
  }
  return held;
}

class ManifestCatalogue : public Catalogue {
 public:
  explicit ManifestCatalogue(OpenStore snapshots) : snapshots_(std::move(snapshots)) {}

  Records list(const std::optional<std::string>& user, int limit) const override;
  Records beginning_with(const std::string& prefix, const std::optional<std::string>& user) const override;
  std::optional<domain::SnapshotRecord> latest(const std::string& user) const override {
    auto records = list(user, 1);
    return records.empty() ? std::nullopt : std::optional(std::move(records.front()));
  }
  std::vector<Dated> dates(const std::optional<std::string>& user) const override;
  void at_once(const std::function<void()>& work) const override { work(); }
  void add(const domain::SnapshotRecord&) const override {}
  void forget(const std::string&) const override {}
  std::map<std::string, std::string> holders() const override { return {}; }
  std::unique_ptr<state::LeaseGuard> lease(const std::string&, const std::string&, std::chrono::milliseconds,
                                           const OnWait&) const override {
    return nullptr;
  }

 private:
  std::optional<domain::SnapshotRecord> read(const std::string& id,
                                             const std::optional<std::string>& user) const;

  OpenStore snapshots_;
};

std::optional<domain::SnapshotRecord> ManifestCatalogue::read(const std::string& id,
                                                              const std::optional<std::string>& user) const {
  auto record = read_record(snapshots_(), id);
  return record && user && record->user != *user ? std::nullopt : record;
}

Records ManifestCatalogue::list(const std::optional<std::string>& user, int limit) const {
  Records records;
  for (const auto& id : snapshots_().ids()) {
    if (auto record = read(id, user)) records.push_back(std::move(*record));
  }
  std::ranges::sort(records, [](const auto& a, const auto& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.id < b.id;
  });
  if (records.size() > static_cast<std::size_t>(limit)) records.resize(static_cast<std::size_t>(limit));
  return records;
}

std::vector<Catalogue::Dated> ManifestCatalogue::dates(const std::optional<std::string>& user) const {
  std::vector<Dated> dated;
  for (const auto& record : list(user, std::numeric_limits<int>::max()))
    dated.push_back({record.id, record.user, record.created_at});
  std::ranges::stable_sort(dated, {}, &Dated::user);
  return dated;
}

Records ManifestCatalogue::beginning_with(const std::string& prefix,
                                          const std::optional<std::string>& user) const {
  Records records;
  for (const auto& id : snapshots_().ids()) {
    if (!id.starts_with(prefix) || records.size() == 2) continue;
    if (auto record = read(id, user)) records.push_back(std::move(*record));
  }
  return records;
}

domain::SnapshotRecord newest(const Catalogue& catalogue, const std::optional<std::string>& user) {
  auto records = catalogue.list(user, 1);
  if (!records.empty()) return std::move(records.front());
  throw base::Error(base::ErrorKind::not_found,
                    user ? "user '" + base::printable(*user) + "' has no snapshot" : "there is no snapshot",
                    "make one with 'deskloom persona capture'");
}

}  // namespace

domain::SnapshotRecord Catalogue::resolve(const std::string& text,
                                          const std::optional<std::string>& user) const {
  if (text == "latest") return newest(*this, user);
  if (text.size() < shortest_prefix) {
    throw base::Error(base::ErrorKind::usage, "'" + base::printable(text) + "' is too short for a snapshot",
                      "give at least 4 characters of its id, or \"latest\"");
  }
  auto found = beginning_with(text, user);
  if (found.size() == 1 || (found.size() == 2 && found[0].id == text)) return std::move(found[0]);
  if (found.empty()) {
    throw base::Error(base::ErrorKind::not_found,
                      "there is no snapshot '" + base::printable(text) + "'" + (user ? " of " + *user : ""),
                      "list them with 'deskloom snapshot list'");
  }
  throw base::Error(base::ErrorKind::usage, "'" + base::printable(text) + "' begins several snapshots' ids",
                    found[0].id + " and " + found[1].id + " are two of them");
}

base::Timestamp time_after(const std::optional<domain::SnapshotRecord>& newest, base::Timestamp now) {
  return newest ? std::max(now, newest->created_at + std::chrono::milliseconds(1)) : now;
}

domain::SnapshotRecord record_of(const snapshot::Snapshot& snapshot) {
  const auto text = [&](const char* key) {
    const auto found = snapshot.metadata.find(key);
    return found != snapshot.metadata.end() && found->is_string() ? found->get<std::string>() : "";
  };
  domain::SnapshotRecord record;
  record.id = snapshot.id;
  record.user = text("user");
  record.instance = text("instance");
  record.host = text("host");
  record.created_at = snapshot.created_at;
  for (const auto& layer : snapshot.layers) {
    record.layers.push_back(layer.name);
    record.files += layer.files;
    record.size_bytes += layer.size_bytes;
  }
  if (snapshot.metadata.contains("skipped")) record.skipped = snapshot.metadata["skipped"].size();
  return record;
}

std::unique_ptr<Catalogue> recorded_catalogue(const state::Store& state, OpenStore snapshots) {
  return std::make_unique<RecordedCatalogue>(state, std::move(snapshots));
}

std::unique_ptr<Catalogue> manifest_catalogue(OpenStore snapshots) {
  return std::make_unique<ManifestCatalogue>(std::move(snapshots));
}

}  // namespace deskloom::operation
