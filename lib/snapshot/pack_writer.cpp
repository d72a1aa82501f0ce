#include <fcntl.h>
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

// A second name: the first one tells the next writer that no index leads to the pack yet.
void make_durable(int fd, const fs::path& from, const fs::path& to) {
  try {
    base::fsync_fd(fd, from.string());
    if (::link(from.c_str(), to.c_str()) != 0 && errno != EEXIST) {
      throw base::system_error("cannot name " + to.string());
    }
  } catch (const base::Error&) {
    // What could not be written may be gone from the kernel's cache too, and the next fsync would not say so.
    ::unlink(from.c_str());
    throw;
  }
  base::fsync_directory(to.parent_path());
}

// True when there is a pack of that name now.
bool adopt(const fs::path& path, const fs::path& pack, const Seal& seal) {
  const int raw_fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (raw_fd < 0 && errno == ENOENT) return false;  // its writer finished it meanwhile
  if (raw_fd < 0) throw base::system_error("cannot open " + path.string());
  const base::UniqueFd fd(raw_fd);
  if (!try_lock(fd.get()) || !is_still_at(fd.get(), path)) return false;
  if (fs::exists(pack)) return true;
  const PackScan scan = scan_pack(fd.get(), path.string(), seal);
  if (scan.good_bytes <= pack_header_bytes) {
    ::unlink(path.c_str());
    return false;
  }
  if (::ftruncate(fd.get(), static_cast<off_t>(scan.good_bytes)) != 0) {
    throw base::system_error("cannot cut " + path.string());
  }
  make_durable(fd.get(), path, pack);
  return true;
}

}  // namespace

PackWriter::PackWriter(const fs::path& incoming, const fs::path& packs) : packs_(packs) {
  // Another writer may take the new file for one left behind, in the moment before it is locked.
  do {
    id_ = base::SystemRandom().hex(32);
    path_ = incoming / (id_ + ".tmp");
    fd_ = base::open_file(path_, O_RDWR | O_CREAT | O_EXCL, 0600);
  } while (!try_lock(fd_.get()) || !is_still_at(fd_.get(), path_));
  const ByteWriter header = ByteWriter().raw(as_bytes("DLPACK")).integer(pack_version);
  buffer_ = as_text(header.bytes());
  size_ = buffer_.size();
}

void PackWriter::append(const FrameHeader& header, ByteView payload) {
  for (const PackEntry& entry : entries_of(header, static_cast<std::uint32_t>(size_)))
    entries_.push_back(entry);
  buffer_ += as_text(encode_frame_header(header, payload));
  buffer_ += as_text(payload);
  size_ += header.frame_bytes();
  if (buffer_.size() >= write_buffer_bytes) flush();
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

void PackWriter::finish() {
  flush();
  make_durable(fd_.get(), path_, packs_ / (id_ + ".pack"));
}

void PackWriter::release() {
  ::unlink(path_.c_str());
  fd_.reset();
}

std::vector<std::string> adopt_unfinished_packs(const fs::path& incoming, const fs::path& packs,
                                                const Seal& seal) {
  std::vector<std::string> ids;
  for (const std::string& name : base::list_directory(incoming)) {
    if (!name.ends_with(".tmp")) continue;
    const std::string id = fs::path(name).stem();
    if (adopt(incoming / name, packs / (id + ".pack"), seal)) ids.push_back(id);
  }
  return ids;
}

void release_adopted(const fs::path& incoming, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) ::unlink((incoming / (id + ".tmp")).c_str());
}

}  // namespace deskloom::snapshot
