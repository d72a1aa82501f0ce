#pragma once

#include <optional>
#include <string_view>

namespace deskloom::fleet {

// A quantity as Kubernetes writes it: "2", "250m", "1.5Gi", "16393244Ki", "1e9"; nullopt when it is none, or
// negative.
std::optional<double> parse_quantity(std::string_view text);

}  // namespace deskloom::fleet
