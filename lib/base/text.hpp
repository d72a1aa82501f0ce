#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace deskloom::base {

bool is_valid_utf8(std::string_view text);
// For terminals and logs: control characters, invalid UTF-8 and DEL become \xNN, so that no name can move a
// cursor.
std::string printable(std::string_view text);
// "1.5 MiB", "731 B".
std::string human_size(std::uint64_t bytes);
// "41 ms", "3.2 s", "2 min 05 s".
std::string human_duration_ms(std::int64_t ms);
// "512MiB", "4G", "4096" to bytes (powers of 1024); nullopt when it is not a size.
std::optional<std::uint64_t> parse_size(std::string_view text);
// The candidate with the least edit distance when it is near enough to be a typing error.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
// Letters, digits, '-', '_', '.'; starts with a letter or digit; at most 63: safe as file name, XML and
// libvirt name.
bool is_valid_name(std::string_view name);

}  // namespace deskloom::base
