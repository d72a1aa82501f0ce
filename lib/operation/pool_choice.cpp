#include "operation/pool_choice.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "base/error.hpp"

namespace deskloom::operation {
namespace {

// Most patterns end with their first special character, and most users are told apart before it: fnmatch
// costs a hundred times as much.
bool matches(const std::string& pattern, const std::string& user) {
  const std::string_view begin = std::string_view(pattern).substr(0, pattern.find_first_of("*?[\\"));
  return user.starts_with(begin) && ::fnmatch(pattern.c_str(), user.c_str(), 0) == 0;
}

bool is_named(const policy::Pool& pool, const std::string& user) {
  return std::ranges::any_of(pool.users, [&](const std::string& pattern) { return matches(pattern, user); });
}

}  // namespace

bool serves(const policy::Pool& pool, const std::string& user) {
  return pool.users.empty() || is_named(pool, user);
}

const policy::Pool* pool_serving(const policy::Policy& policy, const std::string& user) {
  const policy::Pool* for_everybody = nullptr;
  for (const auto& [name, pool] : policy.pools) {
    if (is_named(pool, user)) return &pool;
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
