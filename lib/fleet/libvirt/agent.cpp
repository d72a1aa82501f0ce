#include "fleet/libvirt/agent.hpp"

#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include <algorithm>
#include <thread>

#include "fleet/libvirt/agent_protocol.hpp"
#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace protocol = agent_protocol;

constexpr int ping_timeout_s = 1;
constexpr int command_timeout_s = 60;  // for one message; a guest under TCG decodes a large one slowly
constexpr int freeze_timeout_s = 10;
constexpr auto longest_freeze = std::chrono::seconds(2);  // of a capture that is alive
// A driver that has just started needs a moment to find the agents of the guests it found running.
constexpr auto reconnect_grace = std::chrono::seconds(5);
constexpr auto first_poll = milliseconds(20);
constexpr auto slowest_poll = milliseconds(250);
// Measured: 1.1 s for 1.5 MiB under TCG; 32 KiB takes 1.7 s, and from 256 KiB on, more than fits into the
// port's socket buffer at once, QEMU 7.2 or libvirt 9.0 loses the message and the agent falls silent.
constexpr std::size_t piece_bytes = 64 << 10;

std::string with_path(const char* action, const std::string& path) {
  return std::string(action) + " " + path;
}

}  // namespace

Agent::Agent(const Connection& connection, std::string instance)
    : connection_(connection), instance_(std::move(instance)), domain_(connection.get(instance_)) {}

bool Agent::answers() {
  const TextHandle reply(
      virDomainQemuAgentCommand(domain_.get(), protocol::ping_command().c_str(), ping_timeout_s, 0));
  return reply != nullptr;
}

void Agent::reach() { call(protocol::ping_command(), "reach its agent", ping_timeout_s); }

TextHandle Agent::ask(const std::string& command, int timeout_s) {
  const auto grace_end = connection_.opened_at() + reconnect_grace;
  for (;;) {
    TextHandle reply(virDomainQemuAgentCommand(domain_.get(), command.c_str(), timeout_s, 0));
    if (reply || last_libvirt_code() != VIR_ERR_AGENT_UNRESPONSIVE) return reply;
    if (steady_clock::now() >= grace_end || !is_active(domain_.get())) return reply;
    std::this_thread::sleep_for(first_poll);
  }
}

std::string Agent::call(const std::string& command, const std::string& what, int timeout_s) {
  if (const auto reply = ask(command, timeout_s)) return reply.get();
  const auto error = last_libvirt_error("instance " + instance_ + ": cannot " + what);
  // The agent refuses nearly everything while the guest is frozen.
  if (last_libvirt_code() != VIR_ERR_AGENT_UNRESPONSIVE && thaw_when_left_frozen()) {
    if (const auto reply = ask(command, timeout_s)) return reply.get();
  }
  const bool gone =
      error.kind() == base::ErrorKind::not_found || error.kind() == base::ErrorKind::host_unreachable;
  throw base::Error(gone ? error.kind() : base::ErrorKind::guest, error.what(),
                    "the guest needs a running qemu-guest-agent that allows guest-exec and guest-file-*");
}

std::string Agent::call(const std::string& command, const std::string& what) {
  return call(command, what, command_timeout_s);
}

bool Agent::thaw_when_left_frozen() {
  const auto patience_end = steady_clock::now() + longest_freeze;
  const auto frozen = [&] {
    const auto status = ask(protocol::freeze_status_command(), ping_timeout_s);
    return status && protocol::parse_is_frozen(status.get());
  };
  if (!frozen()) return false;
  // Somebody's capture may be at it just now.
  while (steady_clock::now() < patience_end) {
    std::this_thread::sleep_for(first_poll);
    if (!frozen()) return true;
  }
  return ask(protocol::thaw_command(), freeze_timeout_s) != nullptr;
}

std::uint64_t Agent::freeze() {
  return protocol::parse_freeze_count(
      call(protocol::freeze_command(), "freeze its file systems", freeze_timeout_s));
}

std::uint64_t Agent::thaw() {
  const auto reply = ask(protocol::thaw_command(), freeze_timeout_s);
  if (reply) return protocol::parse_freeze_count(reply.get());
  const auto error = last_libvirt_error("instance " + instance_ + ": cannot thaw its file systems");
  throw base::Error(error.kind() == base::ErrorKind::failed ? base::ErrorKind::guest : error.kind(),
                    error.what(), "in the guest: fsfreeze --unfreeze for each file system, or restart it");
}

std::optional<std::vector<Login>> Agent::logins() {
  const auto reply = ask(protocol::users_command(), ping_timeout_s);
  return reply ? std::optional(protocol::parse_users(reply.get())) : std::nullopt;
}

ExecResult Agent::exec(const std::vector<std::string>& argv, milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  const std::string what = with_path("run", argv.at(0));
  const std::int64_t pid = protocol::parse_exec_pid(call(protocol::exec_command(argv, true), what));
  auto pause = first_poll;
  for (;;) {
    auto status = protocol::parse_exec_status(call(protocol::exec_status_command(pid), what));
    if (status.exited) return std::move(status.result);
    if (steady_clock::now() + pause >= deadline) break;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 3 / 2, slowest_poll);
  }
  throw base::Error(base::ErrorKind::guest, "instance " + instance_ + ": " + argv[0] +
                                                " did not end within " + std::to_string(timeout.count()) +
                                                " ms and still runs there");
}

void Agent::exec_detached(const std::vector<std::string>& argv) {
  protocol::parse_exec_pid(call(protocol::exec_command(argv, false), with_path("start", argv.at(0))));
}

std::string Agent::address() {
  return protocol::parse_address(call(protocol::interfaces_command(), "ask for its address"));
}

std::int64_t Agent::open_for_writing(const std::string& path) {
  return protocol::parse_file_handle(
      call(protocol::open_for_writing_command(path), with_path("create", path)));
}

void Agent::write_all(std::int64_t handle, const std::string& path, std::string_view content) {
  while (!content.empty()) {
    const auto piece = content.substr(0, piece_bytes);
    const auto written =
        protocol::parse_written_bytes(call(protocol::write_command(handle, piece), with_path("write", path)));
    if (written == 0 || written > piece.size()) {
      throw base::Error(base::ErrorKind::guest, "instance " + instance_ + ": cannot write " + path +
                                                    ": the agent took " + std::to_string(written) + " of " +
                                                    std::to_string(piece.size()) + " bytes");
    }
    content.remove_prefix(written);
  }
}

void Agent::write_file(const std::string& path, const std::string& content) {
  const std::int64_t handle = open_for_writing(path);
  try {
    write_all(handle, path, content);
  } catch (const base::Error&) {
    // The agent would keep the file open until it ends; whether this works does not change the failure.
    const TextHandle reply(
        virDomainQemuAgentCommand(domain_.get(), protocol::close_command(handle).c_str(), ping_timeout_s, 0));
    throw;
  }
  call(protocol::close_command(handle), with_path("close", path));
}

}  // namespace deskloom::fleet
