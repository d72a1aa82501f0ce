#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/runtime.hpp"

// The QEMU guest agent's messages (QEMU's docs/interop/qemu-ga-ref). The guest writes the replies, so nothing
// in them is believed: what is too large, malformed or of the wrong type is an Error(guest).
namespace deskloom::fleet::agent_protocol {

inline constexpr std::size_t max_reply_bytes = 16 << 20;
inline constexpr std::size_t max_output_bytes = 1 << 20;  // of each stream; the rest is dropped

std::string ping_command();
// argv must be UTF-8 (Error(usage)): the agent speaks JSON.
std::string exec_command(const std::vector<std::string>& argv, bool capture_output);
std::string exec_status_command(std::int64_t pid);
std::string open_for_writing_command(const std::string& path);
std::string write_command(std::int64_t handle, std::string_view bytes);
std::string close_command(std::int64_t handle);
std::string freeze_command();
std::string thaw_command();
std::string freeze_status_command();
std::string interfaces_command();
std::string users_command();

struct ExecStatus {
  bool exited = false;
  ExecResult result;
};
std::int64_t parse_exec_pid(std::string_view reply);
ExecStatus parse_exec_status(std::string_view reply);
std::int64_t parse_file_handle(std::string_view reply);
std::uint64_t parse_written_bytes(std::string_view reply);
// How many file systems were frozen, or thawed.
std::uint64_t parse_freeze_count(std::string_view reply);
bool parse_is_frozen(std::string_view reply);
// The first IPv4 address that is not the guest's own alone; empty: it has none.
std::string parse_address(std::string_view reply);
// No more than max_logins of them.
inline constexpr std::size_t max_logins = 1000;
std::vector<Login> parse_users(std::string_view reply);

}  // namespace deskloom::fleet::agent_protocol
