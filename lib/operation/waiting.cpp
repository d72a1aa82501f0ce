#include "operation/waiting.hpp"

#include <algorithm>

namespace deskloom::operation {
namespace {

constexpr int boots_considered = 50;

}  // namespace

std::optional<std::int64_t> cold_boot_ms(const state::Store& state, const std::string& pool) {
  auto durations = state.pools.recent_durations_ms(pool, "provision", boots_considered);
  if (durations.empty()) return std::nullopt;
  const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
  std::ranges::nth_element(durations, middle);
  return *middle;
}

void record_wait(const state::Store& state, const domain::Instance& instance, const std::string& action,
                 base::Timestamp requested_at, std::int64_t waited_ms) {
  state.waits.add({*instance.user, instance.name, instance.pool, action, requested_at, waited_ms});
}

}  // namespace deskloom::operation
