#include "fleet/volume_server.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <chrono>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"

namespace deskloom::fleet {
namespace {

constexpr const char* socket_suffix = ".nbd";
constexpr const char* pid_suffix = ".nbd.pid";
constexpr auto start_time = std::chrono::seconds(5);
constexpr auto end_time = std::chrono::seconds(3);
constexpr auto poll = std::chrono::milliseconds(10);
constexpr std::size_t text_limit = 1 << 20;

// "" when there is none.
std::string text_of(const std::filesystem::path& file) {
  try {
    return base::read_file(file, text_limit);
  } catch (const base::Error&) {
    return {};
  }
}

// The process in the file, unless its number is another's by now: its command line names the socket.
std::optional<pid_t> process_of(const std::filesystem::path& pid_file, const std::filesystem::path& socket) {
  const auto pid = static_cast<pid_t>(std::atol(text_of(pid_file).c_str()));
  if (pid <= 1) return std::nullopt;
  const std::string command = text_of("/proc/" + std::to_string(pid) + "/cmdline");
  const bool is_ours = command.find(socket.string() + '\0') != std::string::npos;
  return is_ours ? std::optional(pid) : std::nullopt;
}

}  // namespace

VolumeServer::VolumeServer(const std::filesystem::path& directory, const std::string& disk)
    : socket_(directory / (disk + socket_suffix)), pid_file_(directory / (disk + pid_suffix)) {
  if (socket_.string().size() < sizeof sockaddr_un::sun_path) return;
  throw base::Error(base::ErrorKind::usage, "the name of a socket in " + directory.string() + " is too long",
                    "choose a shorter state_dir, or 'instance_dir' of the host");
}

bool VolumeServer::is_alive() const { return process_of(pid_file_, socket_).has_value(); }

void VolumeServer::start(const std::vector<std::string>& argv, bool for_everybody) const {
  if (is_alive()) return;
  base::remove_file(socket_);
  base::remove_file(pid_file_);
  auto whole = argv;
  whole.insert(whole.end(), {"--unix", socket_.string(), "--pidfile", pid_file_.string()});
  const auto started = base::run_process(whole);
  if (started.exit_code != 0) {
    throw base::Error(base::ErrorKind::failed, "cannot serve " + socket_.string() + ": " + started.err,
                      "'deskloom doctor' shows what is missing");
  }
  if (for_everybody) ::chmod(socket_.c_str(), 0666);
  // nbdkit writes its pid when it is in the background already.
  const auto deadline = std::chrono::steady_clock::now() + start_time;
  while (!is_alive()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw base::Error(base::ErrorKind::failed, "the server of " + socket_.string() + " has ended at once",
                        "the system's log has what nbdkit said");
    }
    std::this_thread::sleep_for(poll);
  }
}

void VolumeServer::end() const {
  const auto deadline = std::chrono::steady_clock::now() + end_time;
  for (int signal = SIGTERM; const auto pid = process_of(pid_file_, socket_);) {
    ::kill(*pid, signal);
    std::this_thread::sleep_for(poll);
    if (std::chrono::steady_clock::now() >= deadline) signal = SIGKILL;
  }
  base::remove_file(socket_);
  base::remove_file(pid_file_);
}

void end_volume_servers(const std::filesystem::path& directory) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(directory, ignored)) return;
  for (const std::string& name : base::list_directory(directory)) {
    if (!name.ends_with(pid_suffix)) continue;
    VolumeServer(directory, name.substr(0, name.size() - std::string(pid_suffix).size())).end();
  }
}

}  // namespace deskloom::fleet
