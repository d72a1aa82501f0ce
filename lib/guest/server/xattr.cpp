#include "guest/server/xattr.hpp"

#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

namespace deskloom::guest {
namespace {

constexpr std::size_t max_total_bytes = 256 << 10;

bool is_users(std::string_view name) {
  return name.starts_with("user.") || name == "system.posix_acl_access" || name == "system.posix_acl_default";
}

bool not_supported(int error) { return error == ENOTSUP || error == ENODATA; }

std::vector<std::string> names_of(const std::string& path, Follow follow) {
  char buffer[65536];  // the kernel's maximum
  const auto list = follow == Follow::yes ? ::listxattr : ::llistxattr;
  const ssize_t size = list(path.c_str(), buffer, sizeof buffer);
  std::vector<std::string> names;
  for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(names.back().size()) + 1)
    names.emplace_back(buffer + at);
  std::erase_if(names, [](const auto& name) { return !is_users(name); });
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Pairs read_xattrs(const std::string& path, Follow follow, std::string& reason) {
  const auto get = follow == Follow::yes ? ::getxattr : ::lgetxattr;
  Pairs xattrs;
  std::size_t total = 0;
  for (const auto& name : names_of(path, follow)) {
    std::string value(max_string_bytes, '\0');
    const ssize_t size = get(path.c_str(), name.c_str(), value.data(), value.size());
    if (size < 0) {
      if (!not_supported(errno)) reason = "attribute " + name + ": " + std::strerror(errno);
      continue;
    }
    value.resize(static_cast<std::size_t>(size));
    total += name.size() + value.size();
    if (total > max_total_bytes) {
      reason = "has more than 256 KiB of extended attributes";
      return xattrs;
    }
    xattrs.emplace_back(name, std::move(value));
  }
  return xattrs;
}

std::string write_xattrs(const std::string& path, const Pairs& wanted) {
  std::string reason;
  const auto fail = [&](const std::string& name) {
    if (reason.empty()) reason = "attribute " + name + ": " + std::strerror(errno);
  };
  std::map<std::string, std::string> values(wanted.begin(), wanted.end());
  for (const auto& name : names_of(path, Follow::yes)) {
    if (!values.contains(name) && ::removexattr(path.c_str(), name.c_str()) != 0) fail(name);
  }
  for (const auto& [name, value] : values) {
    errno = EPERM;
    if (!is_users(name) || ::setxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) != 0)
      fail(name);
  }
  return reason;
}

}  // namespace deskloom::guest
