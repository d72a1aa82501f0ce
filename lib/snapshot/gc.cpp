#include <fcntl.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <thread>

#include "base/file_lock.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/need_count.hpp"
#include "snapshot/writer_registration.hpp"

// Removal in two steps, so that captures need no lock. A pack that is to go is condemned first: captures that
// begin from then on store its chunks again rather than name them. When those that began before have ended,
// it is looked again what snapshots need: a pack that one of them has named is reprieved, the others are
// removed. What is still needed of a pack that is mostly garbage is copied, frame by frame, before it is
// condemned. Killed at any moment, the next collection goes on with what is condemned.
//
// What is needed is kept up from one collection to the next (need_count.hpp): this one looks at the
// snapshots, trees and packs that have come or gone since, at every pack's size, and at the names in those
// folders of snapshots/ that have changed. What was counted is on disk before anything is removed that it
// does not count on any more.
namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

// Rewriting costs reading and writing; below this share of need it is worth it.
constexpr double rewrite_below = 0.6;
// Captures every few minutes leave small packs, of which each costs a file.
constexpr std::uint64_t small_pack_bytes = 4 << 20;
constexpr std::size_t small_packs_allowed = 16;
constexpr std::chrono::milliseconds look_every{50};
constexpr std::chrono::hours believed_for{30 * 24};  // then all is counted anew, whatever may have gone wrong
constexpr std::chrono::seconds clock_doubt{2};       // a file system's clock may stand still for a moment

class Collection {
 public:
  Collection(const StoreRoot& root, const DirectoryStore& store, base::Progress& progress)
      : directory_(root.directory), chunks_(root), store_(store), progress_(progress) {}

  CollectReport run(std::chrono::milliseconds patience, bool dry_run);

 private:
  CollectReport collect(std::chrono::milliseconds patience, bool dry_run);
  void count_needs(bool dry_run);
  bool try_count_needs(bool dry_run);
  void count_needs_in(const fs::path& file);
  void update_needs();
  void keep_needs();
  void discard_needs();
  std::vector<std::string> choose();
  bool is_worth_rewriting(const std::string& pack, std::uint64_t bytes_left) const;
  std::uint64_t held_bytes(const std::string& pack) const { return needs_->packs().at(pack).held_bytes; }
  void plan(const std::vector<std::string>& chosen, std::uint64_t before);
  void copy_needed(const std::string& pack, std::unique_ptr<PackWriter>& to);
  bool try_rewrite(const std::vector<std::string>& packs);
  void rewrite(const std::vector<std::string>& packs, std::vector<std::unique_ptr<PackWriter>>& written);
  void leave_needed(std::vector<std::string>& packs);
  void condemn(const std::vector<std::string>& packs);
  bool wait_for_writers(std::chrono::milliseconds patience) const;
  void sweep();
  void reprieve_needed(std::set<std::string>& condemned);
  void repair();
  void remove_packs(const std::set<std::string>& packs);
  std::vector<fs::path> unfinished_files() const;
  std::uint64_t stored_bytes() const;
  std::uint64_t size_of(const std::string& pack) const { return base::file_size(chunks_.pack_path(pack)); }

  fs::path needs_file() const { return directory_ / "needs.sqlite"; }
  fs::path lock_file() const { return directory_ / "collection.lock"; }

  fs::path directory_;
  ChunkStore chunks_;
  const DirectoryStore& store_;
  base::Progress& progress_;
  std::optional<NeedCount> needs_;
  bool has_needs_file_ = false;
  bool is_without_file_ = false;  // it cannot be written
  CollectReport report_;
};

CollectReport Collection::run(std::chrono::milliseconds patience, bool dry_run) {
  std::optional<base::FileLock> lock;
  if (!dry_run) {
    lock.emplace(lock_file(), std::chrono::milliseconds(0));
    repair();
  }
  chunks_.index().ignore_packs({});
  try {
    return collect(patience, dry_run);
  } catch (const base::Error& error) {
    const bool could_be_needs =
        error.kind() == base::ErrorKind::no_space || error.kind() == base::ErrorKind::failed;
    if (!has_needs_file_ || !could_be_needs) throw;
  }
  // Whatever happens to what is only remembered, and on a full disk above all, there is something to collect.
  if (!dry_run) discard_needs();
  is_without_file_ = true;
  report_ = {};
  return collect(patience, dry_run);
}

CollectReport Collection::collect(std::chrono::milliseconds patience, bool dry_run) {
  const std::uint64_t before = stored_bytes();
  count_needs(dry_run);
  const auto unfinished = unfinished_files();
  auto chosen = choose();
  if (dry_run) {
    plan(chosen, before);
    return report_;
  }
  if (!try_rewrite(chosen)) leave_needed(chosen);
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

void Collection::plan(const std::vector<std::string>& chosen, std::uint64_t before) {
  for (const std::string& pack : chosen) {
    ++report_.packs_removed;
    report_.packs_rewritten += held_bytes(pack) > 0 ? 1U : 0U;
    report_.freed_bytes += size_of(pack) - held_bytes(pack);
  }
  report_.stored_bytes = before - report_.freed_bytes;
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

// With what was counted before; what that does not fit is counted anew, and without the file when it cannot
// be written.
void Collection::count_needs(bool dry_run) {
  progress_.begin("finding what is needed", 0);
  const bool was_counted = fs::exists(needs_file());
  has_needs_file_ = !is_without_file_ &&
                    ((was_counted && try_count_needs(dry_run)) || (!dry_run && try_count_needs(false)));
  if (!has_needs_file_) count_needs_in({});
  progress_.end();
}

bool Collection::try_count_needs(bool dry_run) {
  const bool was_counted = fs::exists(needs_file());
  try {
    count_needs_in(needs_file());
    if (!dry_run) needs_->commit();
    return true;
  } catch (const base::Error& error) {
    const bool is_of_store = error.kind() == base::ErrorKind::corrupt && !was_counted;
    if (is_of_store || error.kind() == base::ErrorKind::locked) throw;
  }
  needs_.reset();
  if (!dry_run) discard_needs();
  return false;
}

void Collection::count_needs_in(const fs::path& file) {
  needs_.emplace(chunks_, file, [this](const std::string& id) { return store_.get(id); });
  const auto now = base::modified_at(lock_file());
  if (!file.empty() && now && needs_->made_at() < *now - believed_for) {
    throw base::Error(base::ErrorKind::corrupt, file.string() + " is old", "it is made anew by itself");
  }
  update_needs();
}

void Collection::update_needs() {
  // By the file system's own clock, on which the collection's lock was written before.
  const auto began = base::modified_at(lock_file());
  needs_->update(directory_ / "snapshots", store_.folders(),
                 began ? *began - clock_doubt : base::Timestamp{});
}

// What it counts on is about to go. An older one, should that be what a power cut leaves, would be found out.
void Collection::keep_needs() try { needs_->commit(); } catch (const base::Error&) {
  discard_needs();
}

void Collection::discard_needs() {
  has_needs_file_ = false;
  needs_.reset();
  base::remove_file(needs_file());
  base::remove_file(needs_file().string() + "-journal");
}

bool Collection::is_worth_rewriting(const std::string& pack, std::uint64_t bytes_left) const {
  return static_cast<double>(bytes_left) < rewrite_below * static_cast<double>(size_of(pack));
}

// What stays must be readable, so more may be needed than it seemed, and then fewer packs can go.
std::vector<std::string> Collection::choose() {
  std::vector<std::string> chosen, small;
  for (const auto& [pack, need] : needs_->packs()) {
    if (need.is_kept && is_worth_rewriting(pack, need.needed_bytes)) chosen.push_back(pack);
  }
  for (const std::string& pack : chosen) needs_->set_kept(pack, false);
  const auto must_stay = [&](const std::string& pack) {
    if (is_worth_rewriting(pack, held_bytes(pack))) return false;
    needs_->set_kept(pack, true);
    return true;
  };
  while (std::erase_if(chosen, must_stay) > 0) {
  }
  for (const auto& [pack, need] : needs_->packs()) {
    if (need.is_kept && size_of(pack) < small_pack_bytes) small.push_back(pack);
  }
  if (small.size() <= small_packs_allowed) return chosen;
  for (const std::string& pack : small) needs_->set_kept(pack, false);
  chosen.insert(chosen.end(), small.begin(), small.end());
  return chosen;
}

// Frames are copied as they are: what they were compressed against stays or is copied too.
void Collection::copy_needed(const std::string& pack, std::unique_ptr<PackWriter>& to) {
  for (const PackEntry& entry : needs_->held_frames(pack)) {
    if (!to) to = std::make_unique<PackWriter>(chunks_.incoming_directory(), chunks_.packs_directory());
    Index::Location location{pack, entry};
    FrameHeader header;
    const Bytes frame = chunks_.read_frame(location, header);
    to->append(header, ByteView(frame).subspan(header.header_bytes()));
  }
}

// False when there is no room for the copies: what nothing is needed of can still go, and makes some.
bool Collection::try_rewrite(const std::vector<std::string>& packs) {
  std::vector<std::unique_ptr<PackWriter>> written;
  try {
    rewrite(packs, written);
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

void Collection::leave_needed(std::vector<std::string>& packs) {
  std::erase_if(packs, [&](const std::string& pack) {
    if (held_bytes(pack) == 0) return false;
    needs_->set_kept(pack, true);
    return true;
  });
}

void Collection::rewrite(const std::vector<std::string>& packs,
                         std::vector<std::unique_ptr<PackWriter>>& written) {
  std::unique_ptr<PackWriter> to;
  const auto end_pack = [&] {
    if (!to) return;
    to->finish();
    written.push_back(std::move(to));
  };
  for (const std::string& pack : packs) {
    if (held_bytes(pack) == 0) continue;
    copy_needed(pack, to);
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

// Takes off the list what must stay, with what that was compressed against.
void Collection::reprieve_needed(std::set<std::string>& condemned) {
  const auto is_needed = [&](const std::string& pack) {
    const auto found = needs_->packs().find(pack);
    if (found == needs_->packs().end() || found->second.held_bytes == 0) return false;
    needs_->set_kept(pack, true);
    base::remove_file(chunks_.condemned_directory() / pack);
    return true;
  };
  while (std::erase_if(condemned, is_needed) > 0) {
  }
}

void Collection::remove_packs(const std::set<std::string>& packs) {
  chunks_.close_packs();
  for (const std::string& pack : packs) {
    if (base::remove_file(chunks_.pack_path(pack))) ++report_.packs_removed;
  }
  base::fsync_directory(chunks_.packs_directory());
}

void Collection::sweep() {
  auto gone = chunks_.condemned();
  if (!gone.empty()) {
    update_needs();
    reprieve_needed(gone);
  }
  gone.merge(chunks_.lost());
  keep_needs();
  if (gone.empty()) return;
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
  std::vector<fs::path> files = needs_->unfinished();
  for (const fs::path& place : {directory_ / ".", directory_ / "index"}) {
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
  return Collection(root_, *this, progress).run(patience, dry_run);
}

}  // namespace deskloom::snapshot
