#include "domain/app_persona.hpp"

#include <algorithm>

namespace deskloom::domain {
namespace {

constexpr std::array<std::string_view, 3> level_names{"low", "medium", "high"};

}  // namespace

std::string_view to_string(UseLevel level) { return level_names[static_cast<std::size_t>(level)]; }

std::optional<UseLevel> find_use_level(std::string_view text) {
  const auto found = std::find(level_names.begin(), level_names.end(), text);
  if (found == level_names.end()) return std::nullopt;
  return static_cast<UseLevel>(found - level_names.begin());
}

}  // namespace deskloom::domain
