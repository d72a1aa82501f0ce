#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::domain {

// An enumeration's stored and printed names, in the enumeration's order.
template <typename Enum, std::size_t size>
using Names = std::array<std::pair<Enum, std::string_view>, size>;

template <typename Enum, std::size_t size>
std::string_view name_of(const Names<Enum, size>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value)).second;
}

// what: "instance state". Throws Error(usage) with the nearest name.
template <typename Enum, std::size_t size>
Enum parse_name(const Names<Enum, size>& names, std::string_view text, const std::string& what) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.second == text; });
  if (found != names.end()) return found->first;
  std::vector<std::string> known;
  for (const auto& name : names) known.emplace_back(name.second);
  const auto near = base::nearest(text, known);
  throw base::Error(base::ErrorKind::usage, "unknown " + what + " '" + base::printable(text) + "'",
                    near ? "did you mean '" + *near + "'?" : "known: " + base::join(known, ", "));
}

}  // namespace deskloom::domain
