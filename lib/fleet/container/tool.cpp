#include "fleet/container/tool.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "base/error.hpp"
#include "base/search_path.hpp"
#include "base/text.hpp"

namespace deskloom::fleet {
namespace {

constexpr std::size_t max_words = 600;

// As klog writes, kubectl's library: "E1122 12:59:19.939780   19111 memcache.go:265] …"
bool is_logged(const std::string& line) {
  return line.size() > 5 && (line[0] == 'E' || line[0] == 'W' || line[0] == 'I') &&
         std::all_of(line.begin() + 1, line.begin() + 5, [](char c) { return c >= '0' && c <= '9'; });
}

// What kubectl says when no cluster answers, or none is named, or it does not let us in.
bool says_unreachable(const std::string& words) {
  constexpr std::array signs{"connection to the server",
                             "Unable to connect to the server",
                             "connection refused",
                             "context was not found",
                             "no such host",
                             "provide credentials",
                             "current-context is not set"};
  return std::ranges::any_of(signs, [&](const char* sign) { return words.find(sign) != std::string::npos; });
}

}  // namespace

Tool::Tool(std::string host, std::vector<std::string> command, std::string package)
    : host_(std::move(host)), command_(std::move(command)), package_(std::move(package)) {}

std::vector<std::string> Tool::argv(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = command_;
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

base::ProcessResult Tool::run(const std::vector<std::string>& arguments,
                              const base::ProcessOptions& options) const {
  if (!base::is_in_path(program())) {
    throw base::Error(base::ErrorKind::host_unreachable,
                      "host " + host_ + " is reached by " + program() + ", which is not in PATH",
                      "install the package " + package_ + " (or run scripts/install-deps)");
  }
  try {
    return base::run_process(argv(arguments), options);
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::host_unreachable, "host " + host_ + ": " + error.what());
  }
}

std::string Tool::must(const std::string& what, const std::vector<std::string>& arguments,
                       const base::ProcessOptions& options) const {
  auto result = run(arguments, options);
  if (result.exit_code != 0) fail(what, result);
  return std::move(result.out);
}

std::string Tool::ask(const std::string& what, const std::vector<std::string>& arguments) const {
  try {
    return must(what, arguments);
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::host_unreachable, error.what(), error.hint());
  }
}

void Tool::fail(const std::string& what, const base::ProcessResult& result) const {
  const std::string words = last_words(result.err);
  const std::string message = what + " on host " + host_ + ": " +
                              (words.empty() ? "exit code " + std::to_string(result.exit_code) : words);
  if (!says_unreachable(words)) throw base::Error(base::ErrorKind::failed, message);
  throw base::Error(base::ErrorKind::host_unreachable, message,
                    "try: " + base::join(command_, " ") + " get pods");
}

std::string last_words(const std::string& standard_error) {
  std::istringstream lines(standard_error);
  std::vector<std::string> said;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && !is_logged(line)) said.push_back(base::printable(line));
  }
  std::string words = base::join(said, "; ");
  if (words.size() > max_words) words = "…" + words.substr(words.size() - max_words);
  return words;
}

}  // namespace deskloom::fleet
