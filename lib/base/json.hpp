#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace deskloom::base {

// Keys keep the order in which they were written: output is meant to be read.
using Json = nlohmann::ordered_json;

// Throws Error(corrupt) naming where the text came from.
Json parse_json(std::string_view text, const std::string& origin);

}  // namespace deskloom::base
