#include <poll.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/parallel.hpp"
#include "present/fuse_operations.hpp"
#include "present/plugin.hpp"

namespace deskloom::present {
namespace {

constexpr int look_every_ms = 200;
constexpr unsigned threads_at_least = 4;  // one that unpacks must not keep the others from what is in memory

// What libfuse would print; each mounts once in a process.
std::string& last_complaint() {
  static std::string text;
  return text;
}

void remember(fuse_log_level, const char* format, va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  last_complaint() = text;
  while (last_complaint().ends_with('\n')) last_complaint().pop_back();
}

void check_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    throw base::Error(base::ErrorKind::usage, directory.string() + " is not a directory",
                      "make an empty directory to mount on");
  }
  if (!std::filesystem::is_empty(directory, error)) {
    throw base::Error(base::ErrorKind::usage, directory.string() + " is not empty",
                      "name an empty directory, so that nothing is hidden by the mount");
  }
}

class Session {
 public:
  Session(const MountRequest& request, Served& served);
  ~Session() {
    if (is_mounted_) fuse_session_unmount(session_);
    fuse_session_destroy(session_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void serve(const std::function<bool()>& should_stop);

 private:
  void answer_questions(const std::function<bool()>& should_stop);

  fuse_session* session_ = nullptr;
  bool is_mounted_ = false;
};

[[noreturn]] void fail(const std::filesystem::path& directory) {
  throw base::Error(
      base::ErrorKind::failed, "cannot mount on " + directory.string() + ": " + last_complaint(),
      "/dev/fuse must be there (modprobe fuse), and for users other than root, fusermount3 (Debian: "
      "fuse3)");
}

Session::Session(const MountRequest& request, Served& served) {
  fuse_set_log_func(remember);
  std::string options = "ro,nosuid,nodev,default_permissions,fsname=deskloom,subtype=deskloom";
  if (request.allow_other) options += ",allow_other";
  const char* words[] = {"deskloom", "-o", options.c_str()};
  fuse_args arguments = FUSE_ARGS_INIT(3, const_cast<char**>(words));
  session_ = fuse_session_new(&arguments, &operations(), sizeof(fuse_lowlevel_ops), &served);
  fuse_opt_free_args(&arguments);
  if (session_ == nullptr) fail(request.directory);
  if (fuse_session_mount(session_, request.directory.c_str()) != 0) {
    fuse_session_destroy(session_);
    fail(request.directory);
  }
  is_mounted_ = true;
}

// Several threads ask for the next question; all of them look now and then whether it is over.
void Session::serve(const std::function<bool()>& should_stop) {
  const int fd = fuse_session_fd(session_);
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
    throw base::system_error("cannot serve the mount");
  base::run_parallel(std::max(base::usable_cpus(), threads_at_least),
                     [&](unsigned) { answer_questions(should_stop); });
}

void Session::answer_questions(const std::function<bool()>& should_stop) {
  fuse_buf buffer{};
  while (fuse_session_exited(session_) == 0 && !should_stop()) {
    pollfd waiting{fuse_session_fd(session_), POLLIN, 0};
    if (::poll(&waiting, 1, look_every_ms) <= 0) continue;
    const int got = fuse_session_receive_buf(session_, &buffer);
    if (got == -EINTR || got == -EAGAIN) continue;  // another thread was faster
    if (got <= 0) break;                            // unmounted
    fuse_session_process_buf(session_, &buffer);
  }
  std::free(buffer.mem);
}

void mount_here(const MountRequest& request) {
  check_directory(request.directory);
  std::mutex mutex;
  Served served{ShownTrees(request.trees), [&](const std::string& message) {
                  const std::lock_guard guard(mutex);
                  request.on_error(message);
                }};
  Session session(request, served);
  request.on_ready();
  if (request.background && fuse_daemonize(0) != 0) throw base::system_error("cannot go to the background");
  session.serve(request.should_stop);
}

}  // namespace
}  // namespace deskloom::present

extern "C" __attribute__((visibility("default"))) void deskloom_mount_trees(
    const deskloom::present::MountRequest& request) {
  deskloom::present::mount_here(request);
}
