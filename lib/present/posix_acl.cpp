#include "present/posix_acl.hpp"

#include <archive_entry.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include <cstdint>

namespace deskloom::present {
namespace {

constexpr std::size_t header_bytes = 4;
constexpr std::size_t entry_bytes = 8;

// Little-endian.
std::uint32_t integer(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

std::optional<int> tag_of(std::uint32_t tag) {
  switch (tag) {
    case ACL_USER_OBJ:
      return ARCHIVE_ENTRY_ACL_USER_OBJ;
    case ACL_USER:
      return ARCHIVE_ENTRY_ACL_USER;
    case ACL_GROUP_OBJ:
      return ARCHIVE_ENTRY_ACL_GROUP_OBJ;
    case ACL_GROUP:
      return ARCHIVE_ENTRY_ACL_GROUP;
    case ACL_MASK:
      return ARCHIVE_ENTRY_ACL_MASK;
    case ACL_OTHER:
      return ARCHIVE_ENTRY_ACL_OTHER;
    default:
      return std::nullopt;
  }
}

int permissions_of(std::uint32_t bits) {
  return ((bits & ACL_READ) != 0 ? ARCHIVE_ENTRY_ACL_READ : 0) |
         ((bits & ACL_WRITE) != 0 ? ARCHIVE_ENTRY_ACL_WRITE : 0) |
         ((bits & ACL_EXECUTE) != 0 ? ARCHIVE_ENTRY_ACL_EXECUTE : 0);
}

}  // namespace

std::optional<std::vector<AclEntry>> parse_posix_acl(std::string_view value) {
  if (value.size() < header_bytes || (value.size() - header_bytes) % entry_bytes != 0) return std::nullopt;
  if (integer(value.substr(0, 4)) != POSIX_ACL_XATTR_VERSION) return std::nullopt;
  std::vector<AclEntry> entries;
  for (std::size_t at = header_bytes; at < value.size(); at += entry_bytes) {
    const auto tag = tag_of(integer(value.substr(at, 2)));
    if (!tag) return std::nullopt;
    const bool is_named = *tag == ARCHIVE_ENTRY_ACL_USER || *tag == ARCHIVE_ENTRY_ACL_GROUP;
    entries.push_back({*tag, permissions_of(integer(value.substr(at + 2, 2))),
                       is_named ? static_cast<int>(integer(value.substr(at + 4, 4))) : -1});
  }
  return entries;
}

}  // namespace deskloom::present
