#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "base/file_lock.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/marker.hpp"
#include "snapshot/writer_registration.hpp"

// Removal in two steps, so that captures need no lock. A pack that is to go is condemned first: captures that
// begin from then on store its chunks again rather than name them. When those that began before have ended,
// it is looked again what snapshots need: a pack that one of them has named is reprieved, the others are
// removed. What is still needed of a pack that is mostly garbage is copied, frame by frame, before it is
// condemned. Killed at any moment, the next collection goes on with what is condemned.
namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

// Rewriting costs reading and writing; below this share of need it is worth it.
constexpr double rewrite_below = 0.6;
// Captures every few minutes leave small packs, of which each costs a file.
constexpr std::uint64_t small_pack_bytes = 4 << 20;
constexpr std::size_t small_packs_allowed = 16;
constexpr std::chrono::milliseconds look_every{50};

class Collection {
 public:
  Collection(const StoreRoot& root, const std::function<std::vector<std::string>()>& list,
             const std::function<Snapshot(const std::string&)>& get, base::Progress& progress)
      : directory_(root.directory), chunks_(root), list_(list), get_(get), progress_(progress) {}

  CollectReport run(std::chrono::milliseconds patience, bool dry_run);

 private:
  std::unique_ptr<Marker> mark_all();
  std::vector<std::string> choose_readable(Marker& marker) const;
  void keep_needed(Marker& marker, std::set<std::string>& gone) const;
  std::vector<std::string> choose(const std::map<std::string, Marker::Need>& needs) const;
  void copy_needed(const std::string& pack, const Marker::Need& need, std::unique_ptr<PackWriter>& to);
  bool try_rewrite(const std::vector<std::string>& packs, const std::map<std::string, Marker::Need>& needs);
  void rewrite(const std::vector<std::string>& packs, const std::map<std::string, Marker::Need>& needs,
               std::vector<std::unique_ptr<PackWriter>>& written);
  void condemn(const std::vector<std::string>& packs);
  bool wait_for_writers(std::chrono::milliseconds patience) const;
  void sweep();
  void repair();
  void remove_packs(const std::set<std::string>& packs);
  std::vector<fs::path> unfinished_files() const;
  std::uint64_t stored_bytes() const;
  std::uint64_t size_of(const std::string& pack) const { return base::file_size(chunks_.pack_path(pack)); }

  fs::path directory_;
  ChunkStore chunks_;
  std::function<std::vector<std::string>()> list_;
  std::function<Snapshot(const std::string&)> get_;
  base::Progress& progress_;
  CollectReport report_;
};

CollectReport Collection::run(std::chrono::milliseconds patience, bool dry_run) {
  std::optional<base::FileLock> lock;
  std::vector<fs::path> unfinished;
  if (!dry_run) {
    lock.emplace(directory_ / "collection.lock", std::chrono::milliseconds(0));
    repair();
    unfinished = unfinished_files();
  }
  chunks_.index().ignore_packs({});
  const std::uint64_t before = stored_bytes();
  const auto marker = mark_all();
  auto chosen = choose_readable(*marker);
  const auto needs = marker->needs();
  if (dry_run) {
    for (const std::string& pack : chosen) {
      ++report_.packs_removed;
      report_.packs_rewritten += needs.at(pack).bytes > 0 ? 1U : 0U;
      report_.freed_bytes += size_of(pack) - needs.at(pack).bytes;
    }
    report_.stored_bytes = before - report_.freed_bytes;
    return report_;
  }
  if (!try_rewrite(chosen, needs)) {
    std::erase_if(chosen, [&](const std::string& pack) { return needs.at(pack).bytes > 0; });
  }
  condemn(chosen);
  if (wait_for_writers(patience)) {
    sweep();
    for (const fs::path& path : unfinished) base::remove_file(path);
  }
  report_.packs_waiting = chunks_.condemned().size();
  report_.stored_bytes = stored_bytes();
  report_.freed_bytes = before > report_.stored_bytes ? before - report_.stored_bytes : 0;
  return report_;
}

// What cannot be taken over for want of room stays until there is some.
void Collection::repair() {
  chunks_.index().drop_damaged();
  try {
    chunks_.repair();
    IndexContent condemned;  // nobody else gives these a table again
    for (const std::string& id : chunks_.condemned()) {
      if (chunks_.index().knows_pack(id) || !fs::exists(chunks_.pack_path(id))) continue;
      condemned.add({id, size_of(id)}, scan_whole(chunks_.pack_path(id), chunks_.seal()).entries);
    }
    chunks_.index().add(std::move(condemned));
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::no_space) throw;
  }
}

std::unique_ptr<Marker> Collection::mark_all() {
  const auto ids = list_();
  chunks_.index().refresh();  // after it: the tables of a snapshot come before its manifest
  progress_.begin("finding what is needed", 0);
  auto marker = std::make_unique<Marker>(chunks_, chunks_.condemned());
  for (const std::string& id : ids) {
    try {
      marker->mark(get_(id));
    } catch (const base::Error& error) {
      // Pruned meanwhile.
      if (error.kind() != base::ErrorKind::not_found) throw;
    }
  }
  progress_.end();
  return marker;
}

// What stays must be readable, so more may be needed than it seemed, and then fewer packs can go.
std::vector<std::string> Collection::choose_readable(Marker& marker) const {
  const auto on_disk = chunks_.pack_ids();
  auto chosen = choose(marker.needs());
  for (;;) {
    std::set<std::string> kept(on_disk.begin(), on_disk.end());
    for (const std::string& pack : chosen) kept.erase(pack);
    for (const std::string& pack : chunks_.condemned()) kept.erase(pack);
    marker.keep_readable(kept);
    const auto still = choose(marker.needs());
    const auto dropped = std::erase_if(
        chosen, [&](const std::string& pack) { return std::ranges::find(still, pack) == still.end(); });
    if (dropped == 0) return chosen;
  }
}

std::vector<std::string> Collection::choose(const std::map<std::string, Marker::Need>& needs) const {
  const auto condemned = chunks_.condemned();
  std::vector<std::string> chosen, small;
  for (const auto& [pack, need] : needs) {
    if (condemned.contains(pack) || !fs::exists(chunks_.pack_path(pack))) continue;
    const std::uint64_t size = size_of(pack);
    if (static_cast<double>(need.bytes) < rewrite_below * static_cast<double>(size)) {
      chosen.push_back(pack);
    } else if (size < small_pack_bytes) {
      small.push_back(pack);
    }
  }
  if (small.size() > small_packs_allowed) chosen.insert(chosen.end(), small.begin(), small.end());
  return chosen;
}

// Frames are copied as they are: what they were compressed against stays or is copied too.
void Collection::copy_needed(const std::string& pack, const Marker::Need& need,
                             std::unique_ptr<PackWriter>& to) {
  for (const auto& [offset, entry] : need.frames) {
    if (!to) to = std::make_unique<PackWriter>(chunks_.incoming_directory(), chunks_.packs_directory());
    Index::Location location{pack, entry};
    FrameHeader header;
    const Bytes frame = chunks_.read_frame(location, header);
    to->append(header, ByteView(frame).subspan(header.header_bytes()));
  }
}

// False when there is no room for the copies: what nothing is needed of can still go, and makes some.
bool Collection::try_rewrite(const std::vector<std::string>& packs,
                             const std::map<std::string, Marker::Need>& needs) {
  std::vector<std::unique_ptr<PackWriter>> written;
  try {
    rewrite(packs, needs, written);
    return true;
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::no_space) throw;
  }
  std::set<std::string> copies;
  for (const auto& pack : written) copies.insert(pack->id());
  chunks_.index().forget_packs(copies);  // its table may be there all the same
  for (const std::string& id : copies) base::remove_file(chunks_.pack_path(id));
  for (const auto& pack : written) pack->release();
  report_.packs_rewritten = 0;
  return false;
}

void Collection::rewrite(const std::vector<std::string>& packs,
                         const std::map<std::string, Marker::Need>& needs,
                         std::vector<std::unique_ptr<PackWriter>>& written) {
  std::unique_ptr<PackWriter> to;
  const auto end_pack = [&] {
    if (!to) return;
    to->finish();
    written.push_back(std::move(to));
  };
  for (const std::string& pack : packs) {
    const Marker::Need& need = needs.at(pack);
    if (need.bytes == 0) continue;
    copy_needed(pack, need, to);
    ++report_.packs_rewritten;
    if (to->size() >= pack_target_bytes) end_pack();
  }
  end_pack();
  IndexContent content;
  for (const auto& pack : written) content.add({pack->id(), pack->size()}, pack->entries());
  chunks_.index().add(std::move(content));
  for (const auto& pack : written) pack->release();
}

void Collection::condemn(const std::vector<std::string>& packs) {
  for (const std::string& pack : packs)
    base::open_file(chunks_.condemned_directory() / pack, O_WRONLY | O_CREAT);
  base::fsync_directory(chunks_.condemned_directory());
}

// True when every capture that began before the packs were condemned has ended.
bool Collection::wait_for_writers(std::chrono::milliseconds patience) const {
  const auto began_before = living_writers(directory_ / "writers");
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto living = living_writers(directory_ / "writers");
    const bool ended =
        std::ranges::none_of(began_before, [&](const auto& name) { return living.contains(name); });
    if (ended) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(look_every);
  }
}

// Takes off the list what must stay.
void Collection::keep_needed(Marker& marker, std::set<std::string>& gone) const {
  const auto on_disk = chunks_.pack_ids();
  for (;;) {
    std::set<std::string> kept(on_disk.begin(), on_disk.end());
    for (const std::string& pack : gone) kept.erase(pack);
    marker.keep_readable(kept);
    const auto needs = marker.needs();
    const auto dropped = std::erase_if(gone, [&](const std::string& pack) {
      const auto need = needs.find(pack);
      return need != needs.end() && need->second.bytes > 0;
    });
    if (dropped == 0) return;
  }
}

void Collection::remove_packs(const std::set<std::string>& packs) {
  for (const std::string& pack : packs) {
    if (base::remove_file(chunks_.pack_path(pack))) ++report_.packs_removed;
  }
  base::fsync_directory(chunks_.packs_directory());
}

void Collection::sweep() {
  const auto condemned = chunks_.condemned();
  auto gone = chunks_.lost();
  gone.insert(condemned.begin(), condemned.end());
  if (gone.empty()) return;
  keep_needed(*mark_all(), gone);
  for (const std::string& pack : condemned) {
    if (!gone.contains(pack)) base::remove_file(chunks_.condemned_directory() / pack);
  }
  try {
    chunks_.index().forget_packs(gone);
  } catch (const base::Error& error) {
    // Tables can lead to packs that are gone, and shrink later: no capture that lives now names those.
    if (error.kind() != base::ErrorKind::no_space) throw;
    remove_packs(gone);
    chunks_.index().forget_packs(gone);
  }
  remove_packs(gone);
  for (const std::string& pack : gone) base::remove_file(chunks_.condemned_directory() / pack);
}

// Of writers that were killed, once those that began before have ended.
std::vector<fs::path> Collection::unfinished_files() const {
  std::vector<fs::path> files;
  std::vector<fs::path> places{directory_ / ".", directory_ / "index"};
  for (const std::string& folder : base::list_directory(directory_ / "snapshots")) places.push_back(directory_ / "snapshots" / folder);
  for (const fs::path& place : places) {
    for (const std::string& name : base::list_directory(place)) {
      if (base::is_unfinished_name(name)) files.push_back(place / name);
    }
  }
  return files;
}

std::uint64_t Collection::stored_bytes() const {
  std::uint64_t total = 0;
  for (const std::string& pack : chunks_.pack_ids()) total += size_of(pack);
  return total;
}

}  // namespace

CollectReport DirectoryStore::collect(std::chrono::milliseconds patience, bool dry_run,
                                      base::Progress& progress) {
  return Collection(
             root_, [this] { return ids(); }, [this](const std::string& id) { return get(id); }, progress)
      .run(patience, dry_run);
}

}  // namespace deskloom::snapshot
