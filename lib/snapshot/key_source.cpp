#include "snapshot/key_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "snapshot/hash.hpp"

namespace deskloom::snapshot {
namespace {

using base::ErrorKind;

constexpr std::size_t key_limit_bytes = 64 << 10;
constexpr mode_t others_mode = 0027;  // its group may be let in to read it
constexpr std::chrono::minutes command_timeout{2};

// Pipes too, as of a shell's <(command).
Bytes read_key_file(const std::filesystem::path& path) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    throw base::Error(ErrorKind::no_key,
                      base::system_error("cannot read the key file " + path.string()).what(),
                      "name the file that holds the store's key, with --key-file or in policy");
  }
  if (S_ISREG(status.st_mode) && (status.st_mode & others_mode) != 0) {
    throw base::Error(
        ErrorKind::usage,
        fmt::format("the key file {} is open to others (mode {:o})", path.string(), status.st_mode & 07777),
        "close it with 'chmod 600 " + path.string() + "', and think of changing the key");
  }
  Bytes key(key_limit_bytes + 1);
  key.resize(base::read_full(fd.get(), key.data(), key.size(), path.string()));
  return key;
}

Bytes ask_command(const std::vector<std::string>& argv) {
  base::ProcessOptions options;
  options.timeout = command_timeout;
  options.output_limit_bytes = key_limit_bytes + 1;
  base::ProcessResult result = base::run_process(argv, options);
  const ByteView out = as_bytes(result.out);
  Bytes key(out.begin(), out.end());
  wipe(result.out);
  if (result.exit_code != 0) {
    wipe(key);
    throw base::Error(
        ErrorKind::no_key,
        fmt::format("the command '{}', which is to print the store's key, failed with exit code {}: {}",
                    base::join(argv, " "), result.exit_code, base::printable(result.err)),
        "run it by itself to see why");
  }
  return key;
}

std::size_t without_line_end(ByteView key) {
  std::string_view text = as_text(key);
  if (!base::is_valid_utf8(text)) return key.size();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text.size();
}

}  // namespace

std::string KeySource::name() const {
  return command.empty() ? file.string() : "'" + base::join(command, " ") + "'";
}

Secret read_key(const KeySource& source) {
  Bytes bytes = source.command.empty() ? read_key_file(source.file) : ask_command(source.command);
  const std::size_t size = without_line_end(bytes);
  Secret key(ByteView(bytes).first(size));
  wipe(bytes);
  if (size == 0 || size > key_limit_bytes) {
    throw base::Error(
        ErrorKind::usage,
        fmt::format("the key from {} is {}", source.name(), size == 0 ? "empty" : "above 64 KiB"),
        "make one with 'openssl rand -hex 32'");
  }
  return key;
}

bool is_random_key(ByteView key) {
  const auto text = as_text(key);
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (text.size() == 64 && std::ranges::all_of(text, is_digit)) return true;
  return key.size() >= 32 && !base::is_valid_utf8(text);
}

}  // namespace deskloom::snapshot
