#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "snapshot/image.hpp"

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

struct stat status_of(int fd, const fs::path& file) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw base::system_error("cannot read " + file.string());
  return status;
}

std::uint64_t device_size(int fd, const fs::path& file) {
  std::uint64_t size = 0;
  if (::ioctl(fd, BLKGETSIZE64, &size) != 0)
    throw base::system_error("cannot tell the size of " + file.string());
  return size;
}

void read_or_zero(int fd, std::uint64_t offset, std::span<std::byte> into, const fs::path& file) {
  const std::size_t n = base::pread_full(fd, into.data(), into.size(), offset, file.string());
  std::ranges::fill(into.subspan(n), std::byte{0});
}

class LocalImage : public ImageSource {
 public:
  explicit LocalImage(const fs::path& file) : file_(file) {
    if (!fs::exists(file)) throw base::Error(base::ErrorKind::not_found, "there is no " + file.string());
    fd_ = base::open_file(file, O_RDONLY);
    const auto status = status_of(fd_.get(), file_);
    if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode)) {
      throw base::Error(base::ErrorKind::failed, file.string() + " is neither a file nor a block device");
    }
    size_ =
        S_ISBLK(status.st_mode) ? device_size(fd_.get(), file_) : static_cast<std::uint64_t>(status.st_size);
    has_holes_ = S_ISREG(status.st_mode);
  }

  std::uint64_t size_bytes() const override { return size_; }
  std::vector<ImageExtent> extents() override;
  void read(std::uint64_t offset, std::span<std::byte> into) override {
    if (base::pread_full(fd_.get(), into.data(), into.size(), offset, file_.string()) == into.size()) return;
    throw base::Error(base::ErrorKind::failed, file_.string() + " became shorter while it was read");
  }

 private:
  fs::path file_;
  base::UniqueFd fd_;
  std::uint64_t size_ = 0;
  bool has_holes_ = false;
};

std::vector<ImageExtent> LocalImage::extents() {
  std::vector<ImageExtent> extents;
  std::uint64_t at = 0;
  const auto add = [&](std::uint64_t end, ImageExtentKind kind) {
    if (end > at) extents.push_back({at, end - at, kind});
    at = end;
  };
  while (at < size_) {
    const off_t data =
        has_holes_ ? ::lseek(fd_.get(), static_cast<off_t>(at), SEEK_DATA) : static_cast<off_t>(at);
    if (data < 0 && errno != ENXIO) throw base::system_error("cannot find the holes of " + file_.string());
    add(data < 0 ? size_ : std::min(static_cast<std::uint64_t>(data), size_), ImageExtentKind::zero);
    if (at >= size_) break;
    const off_t hole =
        has_holes_ ? ::lseek(fd_.get(), static_cast<off_t>(at), SEEK_HOLE) : static_cast<off_t>(size_);
    if (hole < 0) throw base::system_error("cannot find the holes of " + file_.string());
    add(std::min(static_cast<std::uint64_t>(hole), size_), ImageExtentKind::data);
  }
  return extents;
}

class LocalImageSink : public ImageSink {
 public:
  explicit LocalImageSink(const fs::path& file) : file_(file) {
    fd_ = base::UniqueFd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    is_new_ = static_cast<bool>(fd_);
    if (!is_new_ && errno != EEXIST) throw base::system_error("cannot make " + file.string());
    if (!is_new_) fd_ = base::open_file(file, O_RDWR);
  }
  ~LocalImageSink() override {
    if (is_new_ && !is_finished_) ::unlink(file_.c_str());
  }
  LocalImageSink(const LocalImageSink&) = delete;
  LocalImageSink& operator=(const LocalImageSink&) = delete;

  bool begin(std::uint64_t size_bytes) override;
  void read(std::uint64_t offset, std::span<std::byte> into) override {
    read_or_zero(fd_.get(), offset, into, file_);
  }
  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    base::pwrite_full(fd_.get(), bytes, offset, file_.string());
  }
  void zero(std::uint64_t offset, std::uint64_t length) override;
  void finish() override {
    base::fsync_fd(fd_.get(), file_.string());
    is_finished_ = true;
  }

 private:
  fs::path file_;
  base::UniqueFd fd_;
  bool is_new_ = false;
  bool is_finished_ = false;
};

bool LocalImageSink::begin(std::uint64_t size_bytes) {
  const auto status = status_of(fd_.get(), file_);
  if (S_ISBLK(status.st_mode)) {
    const std::uint64_t there = device_size(fd_.get(), file_);
    if (there >= size_bytes) return true;
    throw base::Error(base::ErrorKind::failed, file_.string() + " has only " + std::to_string(there) +
                                                   " of the image's " + std::to_string(size_bytes) +
                                                   " bytes");
  }
  if (!S_ISREG(status.st_mode)) {
    throw base::Error(base::ErrorKind::failed, file_.string() + " is neither a file nor a block device");
  }
  if (::ftruncate(fd_.get(), static_cast<off_t>(size_bytes)) != 0) {
    throw base::system_error("cannot give " + file_.string() + " its size");
  }
  return status.st_size > 0;
}

void LocalImageSink::zero(std::uint64_t offset, std::uint64_t length) {
  constexpr int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  if (::fallocate(fd_.get(), punch, static_cast<off_t>(offset), static_cast<off_t>(length)) == 0) return;
  write(offset, std::vector<std::byte>(length));
}

}  // namespace

std::unique_ptr<ImageSource> local_image(const fs::path& file) { return std::make_unique<LocalImage>(file); }

std::unique_ptr<ImageSink> local_image_sink(const fs::path& file) {
  return std::make_unique<LocalImageSink>(file);
}

}  // namespace deskloom::snapshot
