#include "fleet/container/cgroup.hpp"

#include <sstream>

namespace deskloom::fleet {
namespace {

// v1 says "no limit" with the largest number of whole pages.
constexpr std::uint64_t no_limit_v1 = 0x7fff'ffff'ffff'0000;

constexpr const char* print_files =
    "cd /sys/fs/cgroup || exit 1; "
    "for file in cpu.max memory.max memory.current cpu.stat io.stat cpu/cpu.cfs_quota_us "
    "cpu/cpu.cfs_period_us memory/memory.limit_in_bytes memory/memory.usage_in_bytes cpuacct/cpuacct.usage "
    "blkio/blkio.throttle.io_service_bytes /proc/net/dev; do "
    "[ -r \"$file\" ] || continue; "
    "while read -r line; do echo \"${file##*/} $line\"; done <\"$file\"; done";

// "rbytes=1024": 1024 when key is "rbytes".
std::uint64_t value_of(const std::string& word, const std::string& key) {
  if (!word.starts_with(key + "=")) return 0;
  std::uint64_t value = 0;
  std::istringstream(word.substr(key.size() + 1)) >> value;
  return value;
}

// "eth0: RECEIVED_BYTES seven more SENT_BYTES …" of /proc/net/dev (proc(5)).
std::uint64_t interface_bytes(std::istringstream& line) {
  std::string name;
  std::uint64_t received = 0;
  std::uint64_t other = 0;
  std::uint64_t sent = 0;
  line >> name >> received;
  for (int i = 0; i < 7; ++i) line >> other;
  line >> sent;
  return line.fail() || !name.ends_with(':') || name == "lo:" ? 0 : received + sent;
}

class Parser {
 public:
  void take(const std::string& text) {
    std::istringstream line(text);
    std::string file;
    line >> file;
    if (file == "cpu.max")
      take_cpu_max(line);
    else if (file == "memory.max")
      take_memory_max(line);
    else if (file == "cpu.stat")
      take_cpu_stat(line);
    else if (file == "io.stat")
      take_io_stat(line);
    else if (file == "blkio.throttle.io_service_bytes")
      take_blkio(line);
    else if (file == "dev")
      reading_.network_bytes += interface_bytes(line);
    else if (file == "memory.current" || file == "memory.usage_in_bytes")
      line >> reading_.memory_bytes;
    else if (file == "memory.limit_in_bytes")
      take_memory_limit(line);
    else if (file == "cpuacct.usage")
      line >> reading_.cpu_ns;
    else if (file == "cpu.cfs_quota_us")
      line >> quota_us_;
    else if (file == "cpu.cfs_period_us")
      line >> period_us_;
  }

  CgroupReading finish() {
    if (quota_us_ > 0 && period_us_ > 0)
      reading_.cpus = static_cast<double>(quota_us_) / static_cast<double>(period_us_);
    return reading_;
  }

 private:
  // "100000 100000", or "max 100000"
  void take_cpu_max(std::istringstream& line) { line >> quota_us_ >> period_us_; }

  void take_memory_max(std::istringstream& line) {
    std::uint64_t bytes = 0;
    if (line >> bytes) reading_.memory_limit_bytes = bytes;
  }

  void take_memory_limit(std::istringstream& line) {
    std::uint64_t bytes = 0;
    if (line >> bytes && bytes < no_limit_v1) reading_.memory_limit_bytes = bytes;
  }

  void take_cpu_stat(std::istringstream& line) {
    std::string key;
    std::uint64_t microseconds = 0;
    if (line >> key >> microseconds && key == "usage_usec") reading_.cpu_ns = microseconds * 1000;
  }

  void take_io_stat(std::istringstream& line) {
    for (std::string word; line >> word;)
      reading_.storage_bytes += value_of(word, "rbytes") + value_of(word, "wbytes");
  }

  // "8:0 Read 4096", "Total 4096"
  void take_blkio(std::istringstream& line) {
    std::string device;
    std::string way;
    std::uint64_t bytes = 0;
    if (line >> device >> way >> bytes && (way == "Read" || way == "Write")) reading_.storage_bytes += bytes;
  }

  CgroupReading reading_;
  std::int64_t quota_us_ = -1;
  std::int64_t period_us_ = 0;
};

}  // namespace

const std::vector<std::string>& cgroup_command() {
  static const std::vector<std::string> command{"/bin/sh", "-c", print_files};
  return command;
}

CgroupReading parse_cgroup(std::string_view text) {
  Parser parser;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) parser.take(line);
  return parser.finish();
}

}  // namespace deskloom::fleet
