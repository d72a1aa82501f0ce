#include "guest/server/script.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>

#include "base/fd.hpp"
#include "guest/server/child.hpp"
#include "guest/server/lines.hpp"

namespace deskloom::guest {
namespace {

std::string resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return ::realpath(path.c_str(), buffer) == nullptr ? "" : buffer;
}

// The first line of an executable regular file, without "#!"; empty when it is no script.
std::string interpreter_line(const std::string& path) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat facts {};
  if (!fd || ::fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode) || (facts.st_mode & 0111) == 0)
    return "";
  char buffer[256];
  const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
  const std::string_view text(buffer, n < 0 ? 0 : static_cast<std::size_t>(n));
  if (!text.starts_with("#!")) return "";
  return std::string(trimmed(text.substr(2, text.find('\n') - 2)));
}

// "/usr/bin/env [-S] NAME …" stands for NAME on the path.
std::string interpreter_of(const Config& config, const std::string& line) {
  const auto words = split(line, ' ');
  if (!words[0].ends_with("/env")) return std::string(words[0]);
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].empty() && words[i].front() != '-') return find_program(config, std::string(words[i]));
  }
  return "";
}

}  // namespace

std::string script_of(const Config& config, const Process& process) {
  for (std::size_t i = 1; i < process.argv.size(); ++i) {
    const auto& argument = process.argv[i];
    if (argument.empty() || argument.front() == '-') continue;
    const auto path = argument.front() == '/' ? argument : process.cwd + "/" + argument;
    const auto line = interpreter_line(path);
    const bool runs_it = !line.empty() && resolved(interpreter_of(config, line)) == process.executable;
    return runs_it ? resolved(path) : "";
  }
  return "";
}

}  // namespace deskloom::guest
