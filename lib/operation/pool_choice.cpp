#include "operation/pool_choice.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "base/error.hpp"

namespace deskloom::operation {

const policy::Pool* pool_serving(const policy::Policy& policy, const std::string& user) {
  const auto is_named = [&](const policy::Pool& pool) {
    return std::ranges::any_of(pool.users, [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), user.c_str(), 0) == 0;
    });
  };
  const policy::Pool* for_everybody = nullptr;
  for (const auto& [name, pool] : policy.pools) {
    if (is_named(pool)) return &pool;
    if (pool.users.empty() && for_everybody == nullptr) for_everybody = &pool;
  }
  return for_everybody;
}

const policy::Pool& pool_for(const policy::Policy& policy, const std::string& user,
                             const std::optional<std::string>& pool) {
  if (pool) return policy.pool(*pool);
  if (const policy::Pool* serving = pool_serving(policy, user)) return *serving;
  throw base::Error(base::ErrorKind::usage, "no pool serves user " + user,
                    "add a pattern for them to 'users' of a [pool.NAME]");
}

}  // namespace deskloom::operation
