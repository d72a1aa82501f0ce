#include "fleet/libvirt/serial_tail.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

#include "base/text.hpp"

namespace deskloom::fleet {
namespace {

constexpr std::streamoff tail_bytes = 2048;
constexpr std::size_t tail_lines = 5;

}  // namespace

std::string serial_tail(const std::filesystem::path& log) {
  std::ifstream file(log, std::ios::binary | std::ios::ate);
  if (!file) return {};
  file.seekg(std::max<std::streamoff>(0, std::streamoff(file.tellg()) - tail_bytes));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(base::printable(line));
  }
  if (lines.empty()) return {};
  if (lines.size() > tail_lines) lines.erase(lines.begin(), lines.end() - tail_lines);
  return "; its serial line ended with: " + base::join(lines, " | ");
}

}  // namespace deskloom::fleet
