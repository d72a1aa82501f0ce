#include "guest/server/port.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/error.hpp"
#include "base/handle.hpp"
#include "guest/server/lines.hpp"
#include "guest/server/proc.hpp"

namespace deskloom::guest {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 50ms;
constexpr int looks_for_host = 1200;  // a minute
constexpr int looks_for_port = 100;

// udev makes /dev/virtio-ports; a guest without it has the names in sysfs only.
std::string device_of(const std::string& name) {
  auto link = "/dev/virtio-ports/" + name;
  if (::access(link.c_str(), F_OK) == 0) return link;
  const base::Handle<DIR, ::closedir> ports(::opendir("/sys/class/virtio-ports"));
  while (const dirent* entry = ports ? ::readdir(ports.get()) : nullptr) {
    const auto port = std::string("/sys/class/virtio-ports/") + entry->d_name + "/name";
    if (trimmed(read_proc(port, 256)) == name) return std::string("/dev/") + entry->d_name;
  }
  throw base::Error(base::ErrorKind::not_found, "this guest has no virtio-serial port " + name,
                    "add the channel to the instance's definition");
}

bool has_open(pid_t pid, const std::string& device) {
  const auto directory = proc_path(pid, "fd");
  const base::Handle<DIR, ::closedir> fds(::opendir(directory.c_str()));
  while (const dirent* entry = fds ? ::readdir(fds.get()) : nullptr) {
    if (read_link(directory + "/" + entry->d_name) == device) return true;
  }
  return false;
}

// Only what holds this very port and is called as this program is.
void end_stale_helper(const std::string& device) {
  const auto own_name = read_proc("/proc/self/comm", 64);
  for (const pid_t pid : all_pids()) {
    const bool stale =
        pid != ::getpid() && read_proc(proc_path(pid, "comm"), 64) == own_name && has_open(pid, device);
    if (stale) ::kill(pid, SIGKILL);
  }
}

void wait_for_host(int fd, const std::string& name) {
  for (int look = 0; look < looks_for_host; ++look) {
    pollfd entry{fd, POLLOUT, 0};
    ::poll(&entry, 1, 0);
    if ((entry.revents & POLLHUP) == 0) return;
    std::this_thread::sleep_for(look_every);
  }
  throw base::Error(base::ErrorKind::failed, "no host has connected to port " + name + " within a minute");
}

std::string resolved(const std::string& link) {
  const auto target = read_link(link);  // /dev/virtio-ports/NAME -> ../vport1p2
  return target.empty() ? link : "/dev/" + target.substr(target.rfind('/') + 1);
}

}  // namespace

base::UniqueFd open_port(const std::string& name) {
  const auto device = resolved(device_of(name));
  base::UniqueFd fd;
  for (int look = 0; look < looks_for_port && !fd; ++look) {
    fd.reset(::open(device.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (fd || errno != EBUSY) break;
    end_stale_helper(device);
    std::this_thread::sleep_for(look_every);
  }
  if (!fd) throw base::system_error("cannot open port " + name);
  wait_for_host(fd.get(), name);
  return fd;
}

}  // namespace deskloom::guest
