#include "operation/pool_choice.hpp"

#include <fnmatch.h>

#include <algorithm>

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

}  // namespace deskloom::operation
