#include "snapshot/xattr.hpp"

#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/text.hpp"
#include "snapshot/beneath.hpp"

namespace deskloom::snapshot {
namespace {

bool is_handled(std::string_view name) {
  if (name.starts_with("user.") || name.starts_with("system.posix_acl_")) return true;
  return ::geteuid() == 0 && (name.starts_with("security.") || name.starts_with("trusted."));
}

// Sizes may change between the two calls; then it is tried again.
template <typename Call>
std::optional<std::string> read_sized(const Call& call) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    const ssize_t size = call(nullptr, 0);
    if (size < 0) return std::nullopt;
    if (size == 0) return std::string{};
    std::string text(static_cast<std::size_t>(size), '\0');
    const ssize_t got = call(text.data(), text.size());
    if (got < 0 && errno == ERANGE) continue;
    if (got < 0) return std::nullopt;
    text.resize(static_cast<std::size_t>(got));
    return text;
  }
  return std::nullopt;
}

using GetXattr = ssize_t (*)(const char*, const char*, void*, size_t);
using ListXattr = ssize_t (*)(const char*, char*, size_t);

Xattrs read_with(const std::string& path, ListXattr list, GetXattr get) {
  Xattrs xattrs;
  const auto names = read_sized([&](char* to, std::size_t size) { return list(path.c_str(), to, size); });
  if (!names) return xattrs;
  for (std::size_t from = 0; from < names->size();) {
    const std::string name = names->c_str() + from;
    from += name.size() + 1;
    if (!is_handled(name)) continue;
    auto value =
        read_sized([&](char* to, std::size_t size) { return get(path.c_str(), name.c_str(), to, size); });
    if (value) xattrs.emplace_back(name, std::move(*value));
  }
  std::ranges::sort(xattrs);
  return xattrs;
}

std::string refusal(const std::string& name) { return base::printable(name) + ": " + std::strerror(errno); }

}  // namespace

Xattrs read_xattrs(const std::string& path) { return read_with(path, ::llistxattr, ::lgetxattr); }

Xattrs read_xattrs(int fd) {
  if (::flistxattr(fd, nullptr, 0) <= 0) return {};  // nearly always
  return read_with(descriptor_path(fd), ::listxattr, ::getxattr);
}

std::vector<std::string> write_xattrs(const std::string& path, const Xattrs& wanted) {
  std::vector<std::string> refused;
  const Xattrs present = read_with(path, ::listxattr, ::getxattr);
  for (const auto& [name, value] : present) {
    const bool stays = std::ranges::binary_search(wanted, name, {}, &Xattrs::value_type::first);
    if (!stays && ::removexattr(path.c_str(), name.c_str()) != 0) refused.push_back(refusal(name));
  }
  for (const auto& xattr : wanted) {
    const auto& [name, value] = xattr;
    if (std::ranges::binary_search(present, xattr)) continue;
    if (!is_handled(name)) {
      refused.push_back(base::printable(name) + ": needs privilege");
    } else if (::setxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) != 0) {
      refused.push_back(refusal(name));
    }
  }
  return refused;
}

}  // namespace deskloom::snapshot
