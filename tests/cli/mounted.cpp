#include "mounted.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

namespace deskloom::test {

namespace fs = std::filesystem;

namespace {

constexpr int looks = 1'000;
constexpr std::chrono::milliseconds between_looks{10};

std::vector<std::string> arguments_of(const fs::path& process) {
  std::ifstream file(process / "cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  return words;
}

int run(const std::vector<std::string>& command) { return base::run_process(command).exit_code; }

}  // namespace

bool wait_until(const std::function<bool()>& is_so) {
  for (int i = 0; i < looks; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(between_looks);
  }
  return false;
}

bool is_mounted(const fs::path& directory) {
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(" " + directory.string() + " ") != std::string::npos) return true;
  }
  return false;
}

std::vector<pid_t> processes_with(const std::string& word) {
  std::vector<pid_t> found;
  for (const auto& process : fs::directory_iterator("/proc")) {
    const std::string name = process.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{}) continue;
    const auto words = arguments_of(process.path());
    if (std::ranges::find(words, word) != words.end()) found.push_back(pid);
  }
  return found;
}

bool MountPoint::possible() {
  const base::UniqueFd fuse(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
  if (fuse) return true;
  WARN("skipped: there is no /dev/fuse to mount with");
  return false;
}

MountPoint::MountPoint(const Deployment& deployment) : path_(deployment.directory() / "mnt") {
  fs::create_directory(path_);
}

MountPoint::~MountPoint() {
  if (is_mounted(path_)) run({"umount", "--lazy", path_.string()});
  if (is_mounted(path_)) run({"fusermount3", "-u", "-z", path_.string()});
  if (wait_until([this] { return processes_with(path_.string()).empty(); })) return;
  for (const pid_t process : processes_with(path_.string())) ::kill(process, SIGKILL);
}

int MountPoint::unmount() const {
  return ::geteuid() == 0 ? run({"umount", path_.string()}) : run({"fusermount3", "-u", path_.string()});
}

Mounted::Mounted(const Deployment& deployment, const std::string& snapshot,
                 const std::vector<std::string>& options)
    : point_(deployment), errors_(deployment.directory() / "mount.err") {
  std::vector<std::string> arguments{DESKLOOM_PROGRAM,
                                     "--config",
                                     deployment.policy_file(),
                                     "--state-dir",
                                     deployment.state_dir(),
                                     "snapshot",
                                     "mount",
                                     snapshot,
                                     path()};
  arguments.insert(arguments.end(), options.begin(), options.end());
  start(arguments);
  wait_until([this] { return is_mounted(path()) || has_ended(); });
  if (is_mounted(path())) return;
  end(SIGKILL);
  FAIL("not mounted: " << errors());
}

Mounted::~Mounted() {
  if (child_ > 0) end(SIGKILL);
}

void Mounted::start(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  child_ = ::fork();
  if (child_ != 0) return;
  ::dup2(::open("/dev/null", O_WRONLY), 1);
  ::dup2(::open(errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

bool Mounted::has_ended() {
  if (child_ > 0 && ::waitpid(child_, &status_, WNOHANG) == child_) child_ = -1;
  return child_ < 0;
}

int Mounted::wait() {
  if (!wait_until([this] { return has_ended(); })) {
    ::kill(child_, SIGKILL);
    ::waitpid(std::exchange(child_, -1), &status_, 0);
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

int Mounted::end(int signal) {
  if (child_ > 0) ::kill(child_, signal);
  return wait();
}

std::string Mounted::errors() const { return read_text(errors_); }

}  // namespace deskloom::test
