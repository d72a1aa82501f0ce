#include "snapshot/need_table.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "snapshot/bytes.hpp"

namespace deskloom::snapshot {
namespace {

constexpr int version = 1;

constexpr const char* schema = R"sql(
  CREATE TABLE counted (key BLOB PRIMARY KEY, times INTEGER NOT NULL, pack INTEGER NOT NULL,
    frame INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE frames (pack INTEGER NOT NULL, offset INTEGER NOT NULL, times INTEGER NOT NULL,
    bases INTEGER NOT NULL, bytes INTEGER NOT NULL, depth INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (pack, offset)) STRICT, WITHOUT ROWID;
  CREATE TABLE packs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, is_kept INTEGER NOT NULL,
    needed INTEGER NOT NULL, held INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
  CREATE TABLE snapshots (id TEXT PRIMARY KEY, layers TEXT NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE folders (name TEXT PRIMARY KEY, changed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE made (at INTEGER NOT NULL, inode INTEGER NOT NULL) STRICT;
  PRAGMA user_version = 1;
)sql";

[[noreturn]] void fail() {
  throw base::Error(base::ErrorKind::corrupt, "needs.sqlite is damaged", "the next collection makes it anew");
}

// Of a row: SQLite does not see when a bit of it has turned.
std::int64_t sum_of(ByteView key, std::initializer_list<std::int64_t> numbers) {
  ByteWriter out;
  out.raw(key);
  for (const std::int64_t number : numbers) out.integer(static_cast<std::uint64_t>(number));
  return static_cast<std::int64_t>(XXH3_64bits(out.bytes().data(), out.bytes().size()));
}

Bytes bytes_of(const NeedKey& key) {
  ByteWriter out;
  return out.integer(key.kind).raw(key.id.bytes).bytes();
}

void expect(std::int64_t sum, std::int64_t stored) {
  if (sum != stored) fail();
}

std::int64_t sum_of(std::int64_t pack, std::int64_t offset, const NeedTable::Frame& frame) {
  return sum_of({}, {pack, offset, frame.times, frame.bases, frame.bytes, frame.depth});
}

std::int64_t sum_of(const NeedTable::Pack& pack) {
  return sum_of(as_bytes(pack.id),
                {pack.number, std::int64_t{pack.is_kept}, pack.needed_bytes, pack.held_bytes});
}

// From this column on.
NeedTable::Frame frame_in(const base::Statement& row, int column, std::int64_t pack, std::int64_t offset) {
  const NeedTable::Frame frame{row.integer(column), row.integer(column + 1), row.integer(column + 2),
                               row.integer(column + 3)};
  expect(sum_of(pack, offset, frame), row.integer(column + 4));
  return frame;
}

std::int64_t inode_of(const std::filesystem::path& file) {
  struct stat status {};
  if (file.empty()) return 0;
  if (::stat(file.c_str(), &status) != 0) throw base::system_error("cannot look at " + file.string());
  return static_cast<std::int64_t>(status.st_ino);
}

base::Database open(const std::filesystem::path& file) {
  using Mode = base::Database::Mode;
  if (file.empty()) return {":memory:", Mode::create};
  if (!std::filesystem::exists(file))
    base::open_file(file, O_WRONLY | O_CREAT);  // SQLite's could be read by all
  return {file, Mode::read_write};
}

}  // namespace

NeedTable::NeedTable(const std::filesystem::path& file)
    : is_new_(file.empty() || !std::filesystem::exists(file) || std::filesystem::file_size(file) == 0),
      db_(open(file)) {
  db_.execute("PRAGMA cache_size = -65536");
  transaction_.emplace(db_);
  if (is_new_) make(file);
  auto row = db_.prepare("PRAGMA user_version");
  if (!row.step() || row.integer(0) != version) fail();
  expect_original(file);
  find_.emplace(db_.prepare("SELECT times, pack, frame, sum FROM counted WHERE key = ?"));
  put_.emplace(db_.prepare("INSERT OR REPLACE INTO counted VALUES (?, ?, ?, ?, ?)"));
  remove_.emplace(db_.prepare("DELETE FROM counted WHERE key = ?"));
  find_frame_.emplace(
      db_.prepare("SELECT times, bases, bytes, depth, sum FROM frames WHERE pack = ? AND offset = ?"));
  put_frame_.emplace(db_.prepare("INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?, ?, ?, ?)"));
  remove_frame_.emplace(db_.prepare("DELETE FROM frames WHERE pack = ? AND offset = ?"));
}

void NeedTable::make(const std::filesystem::path& file) {
  db_.execute(schema);
  const auto made_at = base::modified_at(file).value_or(base::Timestamp{});
  db_.prepare("INSERT INTO made VALUES (?, ?)").bind(base::to_ns(made_at)).bind(inode_of(file)).run();
}

// A copy that was made while a collection wrote may hold some of what it did and not the rest.
void NeedTable::expect_original(const std::filesystem::path& file) {
  auto row = db_.prepare("SELECT at, inode FROM made");
  if (!row.step() || row.integer(1) != inode_of(file)) fail();
  made_at_ = base::from_ns(row.integer(0));
}

void NeedTable::commit() {
  find_->restart();
  find_frame_->restart();
  transaction_->commit();
  transaction_.reset();
  transaction_.emplace(db_);
}

NeedTable::Counted NeedTable::counted(const NeedKey& key) {
  const Bytes bytes = bytes_of(key);
  if (!find_->restart().bind(ByteView(bytes)).step()) return {};
  const Counted counted{find_->integer(0), find_->integer(1), find_->integer(2)};
  expect(sum_of(bytes, {counted.times, counted.pack, counted.frame}), find_->integer(3));
  return counted;
}

void NeedTable::put(const NeedKey& key, const Counted& counted) {
  if (counted.times < 0) fail();
  const Bytes bytes = bytes_of(key);
  if (counted.times == 0) return remove_->restart().bind(ByteView(bytes)).run();
  put_->restart().bind(ByteView(bytes)).bind(counted.times).bind(counted.pack).bind(counted.frame);
  put_->bind(sum_of(bytes, {counted.times, counted.pack, counted.frame})).run();
}

NeedTable::Frame NeedTable::frame(std::int64_t pack, std::int64_t offset) {
  if (!find_frame_->restart().bind(pack).bind(offset).step()) return {};
  return frame_in(*find_frame_, 0, pack, offset);
}

void NeedTable::put(std::int64_t pack, std::int64_t offset, const Frame& frame) {
  if (frame.times < 0 || frame.bases < 0) fail();
  if (frame.times + frame.bases == 0) return remove_frame_->restart().bind(pack).bind(offset).run();
  put_frame_->restart().bind(pack).bind(offset).bind(frame.times).bind(frame.bases).bind(frame.bytes);
  put_frame_->bind(frame.depth).bind(sum_of(pack, offset, frame)).run();
}

std::map<std::int64_t, NeedTable::Frame> NeedTable::frames_of(std::int64_t pack) {
  std::map<std::int64_t, Frame> frames;
  auto row = db_.prepare("SELECT offset, times, bases, bytes, depth, sum FROM frames WHERE pack = ?");
  row.bind(pack);
  while (row.step()) frames[row.integer(0)] = frame_in(row, 1, pack, row.integer(0));
  return frames;
}

std::vector<NeedTable::Pack> NeedTable::packs() {
  std::vector<Pack> packs;
  auto row = db_.prepare("SELECT number, id, is_kept, needed, held, sum FROM packs");
  while (row.step()) {
    packs.push_back({row.integer(0), row.text(1), row.integer(2) != 0, row.integer(3), row.integer(4)});
    expect(sum_of(packs.back()), row.integer(5));
  }
  return packs;
}

void NeedTable::put(const Pack& pack) {
  db_.prepare("INSERT OR REPLACE INTO packs VALUES (?, ?, ?, ?, ?, ?)")
      .bind(pack.number)
      .bind(pack.id)
      .bind(std::int64_t{pack.is_kept})
      .bind(pack.needed_bytes)
      .bind(pack.held_bytes)
      .bind(sum_of(pack))
      .run();
}

void NeedTable::remove_pack(std::int64_t number) {
  db_.prepare("DELETE FROM packs WHERE number = ?").bind(number).run();
}

std::vector<std::string> NeedTable::snapshots_in(const std::string& folder) {
  std::vector<std::string> ids;
  auto row = db_.prepare("SELECT id FROM snapshots WHERE id BETWEEN ? AND ? ORDER BY id");
  row.bind(folder).bind(folder + "g");  // behind every digit
  while (row.step()) ids.push_back(row.text(0));
  return ids;
}

std::string NeedTable::layers_of(const std::string& snapshot) {
  auto row = db_.prepare("SELECT layers, sum FROM snapshots WHERE id = ?");
  if (!row.bind(snapshot).step()) fail();
  expect(sum_of(as_bytes(snapshot + row.text(0)), {}), row.integer(1));
  return row.text(0);
}

void NeedTable::put_snapshot(const std::string& id, const std::string& layers) {
  db_.prepare("INSERT INTO snapshots VALUES (?, ?, ?)")
      .bind(id)
      .bind(layers)
      .bind(sum_of(as_bytes(id + layers), {}))
      .run();
}

void NeedTable::remove_snapshot(const std::string& id) {
  db_.prepare("DELETE FROM snapshots WHERE id = ?").bind(id).run();
}

std::map<std::string, base::Timestamp> NeedTable::folders() {
  std::map<std::string, base::Timestamp> folders;
  auto row = db_.prepare("SELECT name, changed_at FROM folders");
  while (row.step()) folders[row.text(0)] = base::from_ns(row.integer(1));
  return folders;
}

void NeedTable::put_folder(const std::string& name, base::Timestamp changed_at) {
  db_.prepare("INSERT OR REPLACE INTO folders VALUES (?, ?)").bind(name).bind(base::to_ns(changed_at)).run();
}

}  // namespace deskloom::snapshot
