#include "fleet/container/tcp_sockets.hpp"

#include <sstream>
#include <string>

#include <fmt/format.h>

namespace deskloom::fleet {

int count_connections(std::string_view text, int port) {
  constexpr std::string_view established = "01";
  const std::string end = fmt::format(":{:04X}", port);
  int count = 0;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, local, remote, state;
    words >> number >> local >> remote >> state;
    if (local.ends_with(end) && state == established) ++count;
  }
  return count;
}

}  // namespace deskloom::fleet
