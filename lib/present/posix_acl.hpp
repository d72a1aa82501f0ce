#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace deskloom::present {

struct AclEntry {
  int tag = 0;          // as libarchive has them: ARCHIVE_ENTRY_ACL_USER_OBJ, …
  int permissions = 0;  // ARCHIVE_ENTRY_ACL_READ, …
  int id = -1;          // of users and groups that are named
};

// The value of the extended attributes system.posix_acl_access and system.posix_acl_default, as Linux has it
// (linux/posix_acl_xattr.h). nullopt when it is none.
std::optional<std::vector<AclEntry>> parse_posix_acl(std::string_view value);

}  // namespace deskloom::present
