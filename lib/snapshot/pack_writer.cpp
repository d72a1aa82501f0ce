#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/random.hpp"
#include "snapshot/pack.hpp"

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t write_buffer_bytes = 1 << 20;

bool is_still_at(int fd, const fs::path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

bool try_lock(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB) == 0; }

void make_durable(int fd, const fs::path& from, const fs::path& to) {
  base::fsync_fd(fd, from.string());
  if (::rename(from.c_str(), to.c_str()) != 0) throw base::system_error("cannot rename " + from.string());
  base::fsync_directory(to.parent_path());
}

void adopt(const fs::path& path) {
  const int raw_fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (raw_fd < 0 && errno == ENOENT) return;  // its writer finished it meanwhile
  if (raw_fd < 0) throw base::system_error("cannot open " + path.string());
  const base::UniqueFd fd(raw_fd);
  if (!try_lock(fd.get()) || !is_still_at(fd.get(), path)) return;
  const PackScan scan = scan_pack(fd.get(), path.string());
  if (scan.good_bytes <= pack_header_bytes) {
    ::unlink(path.c_str());
    return;
  }
  if (::ftruncate(fd.get(), static_cast<off_t>(scan.good_bytes)) != 0) {
    throw base::system_error("cannot cut " + path.string());
  }
  make_durable(fd.get(), path, fs::path(path).replace_extension(".pack"));
}

}  // namespace

PackWriter::PackWriter(const fs::path& directory) : directory_(directory) {
  // Another writer may take the new file for one left behind, in the moment before it is locked.
  do {
    id_ = base::SystemRandom().hex(32);
    path_ = directory_ / (id_ + ".tmp");
    fd_ = base::open_file(path_, O_RDWR | O_CREAT | O_EXCL, 0600);
  } while (!try_lock(fd_.get()) || !is_still_at(fd_.get(), path_));
  const ByteWriter header = ByteWriter().raw(as_bytes("DLPACK")).integer(pack_version);
  buffer_ = as_text(header.bytes());
  size_ = buffer_.size();
}

PackEntry PackWriter::append(const Hash& id, ByteView raw) {
  const auto compressed = compressor_.compress(raw);
  const ByteView payload = compressed.value_or(raw);
  const RecordHeader header{compressed ? Codec::zstd : Codec::raw, static_cast<std::uint32_t>(raw.size()),
                            static_cast<std::uint32_t>(payload.size()), id};
  const PackEntry entry{id, static_cast<std::uint32_t>(size_), header.stored_size, header.raw_size};
  buffer_ += as_text(encode_record_header(header));
  buffer_ += as_text(payload);
  size_ += record_header_bytes + payload.size();
  entries_.push_back(entry);
  if (buffer_.size() >= write_buffer_bytes) flush();
  return entry;
}

void PackWriter::flush() {
  try {
    base::write_full(fd_.get(), buffer_, path_.string());
    // Towards the disk already, while the next is compressed: else finish() waits for all of it. Only a hint.
    ::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
  } catch (const base::Error&) {
    ::unlink(path_.c_str());  // most likely the disk is full: do not keep it so
    throw;
  }
  buffer_.clear();
}

std::string PackWriter::finish() {
  flush();
  make_durable(fd_.get(), path_, directory_ / (id_ + ".pack"));
  fd_.reset();
  return id_;
}

void adopt_unfinished_packs(const fs::path& directory) {
  for (const std::string& name : base::list_directory(directory)) {
    if (name.ends_with(".tmp")) adopt(directory / name);
  }
}

}  // namespace deskloom::snapshot
