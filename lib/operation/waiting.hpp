#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/instance.hpp"
#include "state/store.hpp"

// How long users wait for their desktops, beside how long they would have without any ahead of them (SPEC
// C3).
namespace deskloom::operation {

// How long the last instances of a pool took from nothing to warm, in the median; nullopt: none is known.
std::optional<std::int64_t> cold_boot_ms(const state::Store& state, const std::string& pool);

// The instance is its user's.
void record_wait(const state::Store& state, const domain::Instance& instance, const std::string& action,
                 base::Timestamp requested_at, std::int64_t waited_ms);

}  // namespace deskloom::operation
