#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "guest/messages.hpp"
#include "guest/wire.hpp"

// The structs of messages.hpp as payloads, both ways: one pair of functions per struct, so that a field added
// to one is missed in the other only by looking away. All get functions throw Error(guest).
namespace deskloom::guest {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// The code of an error reply, both ways. What has none comes out as guest: a guest must not be able to make
// the host believe that its own store is broken or locked.
std::uint64_t error_code(base::ErrorKind kind);
base::ErrorKind error_kind(std::uint64_t code);

inline constexpr std::uint64_t max_list_elements = 10'000;  // arguments, patterns, attributes, open files, …

void put(Encoder& out, const std::vector<std::string>& values);
void put(Encoder& out, const Pairs& pairs);
void put(Encoder& out, const std::vector<Setting>& settings);
void put(Encoder& out, const UserReport& report);
void put(Encoder& out, const TreeRequest& request);
void put(Encoder& out, const GuestNode& node);
void put(Encoder& out, const Launch& launch);
void put(Encoder& out, const LaunchResult& result);

// Packs nodes into messages of about 128 KiB.
class NodeSender {
 public:
  explicit NodeSender(MessageStream& stream) : stream_(stream) {}
  void add(const GuestNode& node);
  void flush();

 private:
  MessageStream& stream_;
  Encoder nodes_;
  std::uint64_t count_ = 0;
};

// The nodes of one message; never none. on_node(GuestNode&&).
void get_nodes(const std::string& payload, const std::function<void(GuestNode&&)>& on_node);

std::vector<std::string> get_strings(Decoder& in, std::uint64_t max_count = max_list_elements);
Pairs get_pairs(Decoder& in, std::uint64_t max_count = max_list_elements);
std::vector<Setting> get_settings(Decoder& in);
UserReport get_report(Decoder& in, std::uint64_t max_processes);
TreeRequest get_tree_request(Decoder& in);
// Type, mode and fields that belong to other types are checked; path only for its grammar.
GuestNode get_node(Decoder& in);
Launch get_launch(Decoder& in);
LaunchResult get_launch_result(Decoder& in);

}  // namespace deskloom::guest
