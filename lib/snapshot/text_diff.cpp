#include "snapshot/text_diff.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t limit_bytes = 16 << 20;
constexpr std::size_t binary_look_bytes = 8 << 10;  // as diff(1) and git look
constexpr std::chrono::minutes timeout{2};

// nullopt: it is too large.
std::optional<std::string> read_whole(base::ByteSource& source) {
  std::string text;
  std::array<std::byte, 64 << 10> buffer{};
  while (const std::size_t n = source.read(buffer)) {
    if (text.size() + n > limit_bytes) return std::nullopt;
    text.append(reinterpret_cast<const char*>(buffer.data()), n);
  }
  return text;
}

bool is_binary(const std::string& text) {
  return text.substr(0, binary_look_bytes).find('\0') != std::string::npos;
}

// A file in memory that another process can open by a name.
class NamedMemory {
 public:
  explicit NamedMemory(const std::string& text) : fd_(::memfd_create("deskloom-diff", MFD_CLOEXEC)) {
    if (!fd_) throw base::system_error("cannot make a file in memory");
    base::write_full(fd_.get(), text, "a file in memory");
  }
  std::string path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_.get());
  }

 private:
  base::UniqueFd fd_;
};

std::string run_diff(const std::string& older, const std::string& newer, const std::string& path) {
  const NamedMemory before(older), after(newer);
  const std::string name = base::printable(path);
  base::ProcessOptions options;
  options.timeout = timeout;
  options.output_limit_bytes = 2 * limit_bytes + (1 << 20);
  options.environment = {"LC_ALL=C"};
  auto result = base::run_process({"diff", "--unified", "--text", "--label", "a/" + name, "--label",
                                   "b/" + name, before.path(), after.path()},
                                  options);
  if (result.exit_code > 1) {
    throw base::Error(base::ErrorKind::failed, "diff cannot compare " + name + ": " + result.err,
                      "install diffutils");
  }
  return std::move(result.out);
}

}  // namespace

TextDiff text_diff(const Store& store, const Layer& older, const Layer& newer, const std::string& path) {
  const auto before = read_whole(*store.open_file(older, path));
  const auto after = read_whole(*store.open_file(newer, path));
  if (!before || !after) return {TextDiff::Kind::too_large, {}};
  if (is_binary(*before) || is_binary(*after)) return {TextDiff::Kind::binary, {}};
  return {TextDiff::Kind::text, run_diff(*before, *after, path)};
}

}  // namespace deskloom::snapshot
