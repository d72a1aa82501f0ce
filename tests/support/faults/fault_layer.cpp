#include "support/faults/fault_layer.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <stdexcept>

namespace deskloom::test {
namespace {

using Kind = Call::Kind;
using Fault = FaultPlan::Fault;

std::atomic<FaultLayer*> active = nullptr;
std::recursive_mutex mutex;

bool is_counted(const FaultPlan& plan, Kind kind) {
  const bool is_read = kind == Kind::read || kind == Kind::open;
  return is_read == (plan.count == FaultPlan::Count::reads);
}

// There is always room to remove a name.
bool can_fail(Kind kind, int error) { return error != ENOSPC || kind != Kind::unlink; }

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

// By number from here on: these must not come back to what is defined below.
std::string name_of(int fd) {
  char target[4096];
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const long n = ::syscall(SYS_readlinkat, AT_FDCWD, link, target, sizeof target);
  return n > 0 ? std::string(target, static_cast<std::size_t>(n)) : std::string();
}

std::string name_of(int directory, const char* name) {
  if (name[0] == '/' || directory == AT_FDCWD) return name;
  return name_of(directory) + "/" + name;
}

std::uint64_t inode_of(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::uint64_t inode_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

// work returns what the call returns: negative when it failed. tear does a part of it.
template <typename Work, typename Tear>
long pass(Call call, const std::string& path, const Work& work, const Tear& tear) {
  FaultLayer* const layer = active;
  if (layer == nullptr || !layer->sees(path)) return work();
  const std::lock_guard guard(mutex);
  call.path = layer->relative(path);
  const auto verdict = layer->before(call);
  if (verdict == FaultLayer::Verdict::tear) {
    tear();
    die();
  }
  if (verdict == FaultLayer::Verdict::fail) {
    errno = layer->plan().error;
    return -1;
  }
  const long result = work();
  const int saved = errno;
  if (result >= 0) {
    if (call.kind == Kind::write) call.data.resize(static_cast<std::size_t>(result));
    if (call.inode == 0)
      call.inode = call.kind == Kind::create ? inode_of(static_cast<int>(result)) : inode_of(path);
    layer->after(std::move(call));
  }
  errno = saved;
  return result;
}

template <typename Work>
long pass(Call call, const std::string& path, const Work& work) {
  return pass(std::move(call), path, work, work);
}

Call call_of(Kind kind) {
  Call call;
  call.kind = kind;
  return call;
}

bool is_seen(const std::string& path) {
  const FaultLayer* const layer = active;
  return layer != nullptr && layer->sees(path);
}

int pass_open(int directory, const char* name, int flags, mode_t mode) {
  const auto work = [&] { return ::syscall(SYS_openat, directory, name, flags, mode); };
  const std::string path = name_of(directory, name);
  if (!is_seen(path) || (flags & O_PATH) != 0) return static_cast<int>(work());
  const bool exists = ::faccessat(AT_FDCWD, path.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  const Kind kind = (flags & O_CREAT) != 0 && !exists  ? Kind::create
                    : writes && (flags & O_TRUNC) != 0 ? Kind::truncate
                                                       : Kind::open;
  return static_cast<int>(pass(call_of(kind), path, work));
}

std::size_t shortened(std::size_t size) {
  const FaultLayer* const layer = active;
  return layer != nullptr && layer->plan().short_transfers && size > 1 ? (size + 2) / 3 : size;
}

// offset: -1 for where the descriptor stands.
ssize_t pass_write(int fd, const void* data, std::size_t size, off_t offset) {
  const auto put = [&](std::size_t n) {
    return offset < 0 ? ::syscall(SYS_write, fd, data, n) : ::syscall(SYS_pwrite64, fd, data, n, offset);
  };
  const std::string path = active != nullptr ? name_of(fd) : std::string();
  if (!is_seen(path)) return put(size);
  Call call = call_of(Kind::write);
  call.inode = inode_of(fd);
  call.offset = static_cast<std::uint64_t>(offset < 0 ? ::lseek(fd, 0, SEEK_CUR) : offset);
  call.data.assign(static_cast<const char*>(data), size);
  return pass(
      std::move(call), path, [&] { return put(shortened(size)); }, [&] { put(size / 2); });
}

ssize_t pass_read(int fd, void* data, std::size_t size, off_t offset) {
  const auto get = [&](std::size_t n) {
    return offset < 0 ? ::syscall(SYS_read, fd, data, n) : ::syscall(SYS_pread64, fd, data, n, offset);
  };
  const std::string path = active != nullptr ? name_of(fd) : std::string();
  if (!is_seen(path)) return get(size);
  return pass(call_of(Kind::read), path, [&] { return get(shortened(size)); });
}

int pass_sync(int fd) {
  const std::string path = active != nullptr ? name_of(fd) : std::string();
  if (!is_seen(path)) return static_cast<int>(::syscall(SYS_fsync, fd));
  Call call = call_of(Kind::sync);
  call.inode = inode_of(fd);
  return static_cast<int>(pass(std::move(call), path, [] { return 0L; }));
}

int pass_truncate(int fd, off_t size) {
  const std::string path = active != nullptr ? name_of(fd) : std::string();
  Call call = call_of(Kind::truncate);
  call.inode = active != nullptr ? inode_of(fd) : 0;
  call.offset = static_cast<std::uint64_t>(size);
  return static_cast<int>(pass(std::move(call), path, [&] { return ::syscall(SYS_ftruncate, fd, size); }));
}

int pass_two_names(Kind kind, const std::string& from, const std::string& to, long number, int from_directory,
                   const char* from_name, int to_directory, const char* to_name, unsigned flags) {
  Call call = call_of(kind);
  if (is_seen(from)) {
    call.to = active.load()->relative(to);
    call.inode = inode_of(from);
  }
  return static_cast<int>(pass(std::move(call), from, [&] {
    return ::syscall(number, from_directory, from_name, to_directory, to_name, flags);
  }));
}

int pass_unlink(int directory, const char* name, int flags) {
  const std::string path = name_of(directory, name);
  Call call = call_of(Kind::unlink);
  if (is_seen(path)) call.inode = inode_of(path);
  return static_cast<int>(
      pass(std::move(call), path, [&] { return ::syscall(SYS_unlinkat, directory, name, flags); }));
}

int pass_make_directory(int directory, const char* name, mode_t mode) {
  return static_cast<int>(pass(call_of(Kind::make_directory), name_of(directory, name),
                               [&] { return ::syscall(SYS_mkdirat, directory, name, mode); }));
}

}  // namespace

FaultLayer::FaultLayer(FaultPlan plan) : plan_(std::move(plan)) {
  plan_.below = std::filesystem::canonical(plan_.below);
  if (active.exchange(this) != nullptr) throw std::logic_error("there is a fault layer already");
}

FaultLayer::~FaultLayer() { active = nullptr; }

bool FaultLayer::sees(const std::string& path) const {
  const std::string& below = plan_.below.native();
  return path.starts_with(below) && (path.size() == below.size() || path[below.size()] == '/');
}

std::string FaultLayer::relative(const std::string& path) const {
  return path.substr(std::min(path.size(), plan_.below.native().size() + 1));
}

FaultLayer::Verdict FaultLayer::before(const Call& call) {
  if (!is_counted(plan_, call.kind)) return Verdict::proceed;
  ++calls_;
  const bool is_hit = calls_ == plan_.at || (plan_.lasts && plan_.at != 0 && calls_ > plan_.at);
  if (!is_hit) return Verdict::proceed;
  if (plan_.fault == Fault::kill_before) die();
  if (plan_.fault == Fault::kill_within) return Verdict::tear;
  if (plan_.fault != Fault::error || !can_fail(call.kind, plan_.error)) return Verdict::proceed;
  hit_ = call;
  return Verdict::fail;
}

void FaultLayer::after(Call call) {
  if (plan_.record && call.kind != Kind::read && call.kind != Kind::open) log_.push_back(std::move(call));
}

}  // namespace deskloom::test

// The calls themselves, by the names and with the types that libc's headers declare.
extern "C" {

using namespace deskloom::test;

static mode_t mode_argument(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return pass_open(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return pass_open(directory, path, flags, mode);
}

ssize_t read(int fd, void* data, size_t size) { return pass_read(fd, data, size, -1); }
ssize_t pread(int fd, void* data, size_t size, off_t offset) { return pass_read(fd, data, size, offset); }
ssize_t write(int fd, const void* data, size_t size) { return pass_write(fd, data, size, -1); }
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  return pass_write(fd, data, size, offset);
}

// What SQLite calls them.
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return pass_open(AT_FDCWD, path, flags, mode);
}
ssize_t pread64(int fd, void* data, size_t size, off64_t offset) { return pass_read(fd, data, size, offset); }
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  return pass_write(fd, data, size, offset);
}
int ftruncate64(int fd, off64_t size) noexcept { return pass_truncate(fd, size); }

// As if only the first part could be taken: what iostreams write.
ssize_t writev(int fd, const struct iovec* parts, int count) {
  if (active == nullptr) return ::syscall(SYS_writev, fd, parts, count);
  for (int i = 0; i < count; ++i) {
    if (parts[i].iov_len > 0) return pass_write(fd, parts[i].iov_base, parts[i].iov_len, -1);
  }
  return 0;
}

int fsync(int fd) { return pass_sync(fd); }
int fdatasync(int fd) { return pass_sync(fd); }
int syncfs(int fd) noexcept {
  return is_seen(active != nullptr ? name_of(fd) : std::string())
             ? pass_sync(fd)
             : static_cast<int>(::syscall(SYS_syncfs, fd));
}
int ftruncate(int fd, off_t size) noexcept { return pass_truncate(fd, size); }

int rename(const char* from, const char* to) noexcept {
  return pass_two_names(Call::Kind::rename, from, to, SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
  return pass_two_names(Call::Kind::rename, name_of(from_directory, from), name_of(to_directory, to),
                        SYS_renameat2, from_directory, from, to_directory, to, 0);
}
int link(const char* from, const char* to) noexcept {
  return pass_two_names(Call::Kind::link, from, to, SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int linkat(int from_directory, const char* from, int to_directory, const char* to, int flags) noexcept {
  return pass_two_names(Call::Kind::link, name_of(from_directory, from), name_of(to_directory, to),
                        SYS_linkat, from_directory, from, to_directory, to, static_cast<unsigned>(flags));
}

int unlink(const char* path) noexcept { return pass_unlink(AT_FDCWD, path, 0); }
int unlinkat(int directory, const char* path, int flags) noexcept {
  return pass_unlink(directory, path, flags);
}
int rmdir(const char* path) noexcept { return pass_unlink(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char* path) noexcept {
  const int result = pass_unlink(AT_FDCWD, path, 0);
  return result != 0 && errno == EISDIR ? pass_unlink(AT_FDCWD, path, AT_REMOVEDIR) : result;
}
int mkdir(const char* path, mode_t mode) noexcept { return pass_make_directory(AT_FDCWD, path, mode); }
int mkdirat(int directory, const char* path, mode_t mode) noexcept {
  return pass_make_directory(directory, path, mode);
}

}  // extern "C"
