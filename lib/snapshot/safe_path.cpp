#include <cstddef>

#include "snapshot/store.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t path_limit = 4095;  // PATH_MAX less its NUL: no call takes more
constexpr std::size_t name_limit = 255;

bool is_safe_name(std::string_view name) {
  return !name.empty() && name.size() <= name_limit && name != "." && name != "..";
}

}  // namespace

bool is_safe_path(const std::string& path) {
  if (path.empty()) return true;
  if (path.size() > path_limit || path.find('\0') != std::string::npos) return false;
  std::string_view rest = path;
  while (true) {
    const std::size_t slash = rest.find('/');
    if (!is_safe_name(rest.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace deskloom::snapshot
