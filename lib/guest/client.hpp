#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/stream.hpp"
#include "guest/messages.hpp"

namespace deskloom::guest {

// What one guest may make the host keep or wait for. Past a limit: Error(guest) naming it.
struct Limits {
  std::uint64_t max_frame_bytes = 1 << 20;
  std::uint64_t max_nodes = 2'000'000;
  std::uint64_t max_bytes = 64ULL << 30;  // content of one capture
  std::uint64_t max_processes = 10'000;
  std::uint64_t max_report_bytes = 32 << 20;
  std::uint64_t max_list_bytes = 1 << 30;         // names, targets and attributes of one list
  std::chrono::milliseconds total_time{600'000};  // one request, start to end
};

// Per wanted index, in order: on_begin, on_data…, on_end; or on_failed in the place of on_begin (it cannot be
// read) or of on_end (it changed while it was read: what on_data gave is to be thrown away).
struct ReadHandler {
  std::function<void(std::uint64_t index)> on_begin;
  std::function<void(std::span<const std::byte>)> on_data;  // at most 256 KiB; holes come as zeros
  std::function<void(std::uint64_t index, const GuestNode& after)>
      on_end;  // size, mtime, ctime after the read
  std::function<void(std::uint64_t index, const std::string& reason)> on_failed;
};

// The host's side of a conversation with deskloom-guest over a virtio-serial channel (or a socket in tests).
class Client {
 public:
  // Skips what an earlier conversation left in the channel until the helper answers with this nonce.
  Client(std::unique_ptr<base::Channel> channel, const std::string& nonce, Limits limits);
  ~Client();

  std::string helper_version() const;
  UserReport report(const std::string& user, const std::vector<std::string>& dconf_directories,
                    const std::vector<std::string>& environment_names);

  // list, then any number of read of that list's indices.
  std::vector<GuestNode> list(const TreeRequest& request,
                              std::vector<std::pair<std::string, std::string>>& skipped);
  void read(const std::vector<std::uint64_t>& wanted, const ReadHandler& handler);

  // Writing below the user's home, done in the guest with the user's own rights. begin_apply says which nodes
  // will come and returns which contents are wanted (equal ones are not); remove_others also removes what is
  // not named and not excluded. Then, per wanted node: put_node, put_data…, end_node; then finish_apply,
  // which sets directory times and returns per path what failed.
  std::vector<bool> begin_apply(const TreeRequest& request, const std::vector<GuestNode>& nodes,
                                bool remove_others);
  void put_node(std::uint64_t index);
  void put_data(std::span<const std::byte> bytes);
  void put_hole(std::uint64_t size);
  void end_node();
  std::vector<std::pair<std::string, std::string>> finish_apply();

  // Returns what could not be set: key → reason.
  std::vector<std::pair<std::string, std::string>> apply_settings(const std::string& user,
                                                                  const std::vector<Setting>& settings);
  LaunchResult launch(const Launch& launch);
  // As root when user is empty. For commands from policy.
  RunResult run(const std::string& user, const std::vector<std::string>& argv, std::uint32_t timeout_ms);
  void sync();   // flushes the guest's file systems
  void close();  // polite end; the helper exits

 private:
  class Connection;
  void read_one(std::uint64_t index, std::uint64_t& budget, const ReadHandler& handler);

  std::unique_ptr<Connection> connection_;
};

}  // namespace deskloom::guest
