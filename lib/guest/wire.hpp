#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/stream.hpp"

// How host and deskloom-guest talk over one full-duplex byte stream.
//
//   conversation = handshake hello { request reply }
//   handshake    = guest: "\x7f" "DESKLOOM-GUEST " nonce "\n", then host: "\x7f" "DESKLOOM-HOST " nonce "\n".
//                  Each side throws away what comes before: a virtio-serial port may still hold the bytes of
//                  a conversation that was killed. The nonce is new for every conversation.
//   message      = frame { frame }: all but the last with bit 7 of the type set; their payloads joined.
//   frame        = length:u32-le type:u8 payload[length], length <= 1 MiB
//   hello        = version:varint program:string
//   varint       = LEB128 of 64 bits, shortest form only; signed numbers zigzag-coded
//   string       = length:varint bytes; list = count:varint elements; pair = string string; bool = 0 | 1
//
//   request                                   reply
//   report  user dconf:list env:list          report
//   list    user include:list exclude:list    nodes* skipped done
//   read    list of indices                   per index: [file_begin (data | hole)*] file_end | file_failed;
//   done begin_apply tree-request remove:bool,
//     nodes*, done                            wanted (one bit per node, lowest first)
//   put_node index, (put_data | put_hole)*, end_node          none: what fails is told by finish_apply
//   finish_apply                              failures
//   apply_settings user list of pairs         failures
//   launch                                    launch_result
//   run     user argv:list timeout_ms         run_result
//   sync                                      done
//   bye                                       none; the helper exits
//
// Any reply may be replaced by error (kind message hint). A message with bytes left over, an unknown type or
// one that is not due ends the conversation.
namespace deskloom::guest {

inline constexpr std::uint64_t protocol_version = 1;
inline constexpr std::size_t max_frame_bytes = 1 << 20;
inline constexpr std::size_t data_frame_bytes = 256 << 10;
inline constexpr std::size_t max_string_bytes = 64 << 10;
inline constexpr std::size_t max_setting_bytes = 512 << 10;
inline constexpr std::size_t max_request_bytes = 64 << 20;  // one message of the host
inline constexpr std::size_t max_stale_bytes = 64 << 20;

enum class MessageType : std::uint8_t {
  report = 1,
  list,
  read,
  begin_apply,
  put_node,
  put_data,
  put_hole,
  end_node,
  finish_apply,
  apply_settings,
  launch,
  run,
  sync,
  bye,
  hello = 64,
  done,
  error,
  nodes,
  skipped,
  file_begin,
  data,
  hole,
  file_end,
  file_failed,
  wanted,
  failures,
  launch_result,
  run_result,
};

// Builds a payload.
class Encoder {
 public:
  Encoder& number(std::uint64_t value);
  Encoder& signed_number(std::int64_t value);
  Encoder& string(std::string_view value);
  Encoder& boolean(bool value) { return number(value ? 1 : 0); }
  const std::string& bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

// Takes a payload apart. Everything is bounded by the payload and by the maximum given; throws Error(guest).
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number(std::uint64_t maximum = UINT64_MAX);
  std::uint32_t number32() { return static_cast<std::uint32_t>(number(UINT32_MAX)); }
  std::int64_t signed_number();
  std::string string(std::size_t maximum = max_string_bytes);
  bool boolean() { return number(1) == 1; }
  // Of a list; every element takes at least one byte, so a count is never larger than what is left.
  std::size_t count(std::uint64_t maximum);
  // Nothing may be left.
  void end() const;

 private:
  std::string_view rest_;
};

struct Message {
  MessageType type{};
  std::string payload;
};

// Messages over a channel. Reads never go past the message, so no bytes are held back in here.
class MessageStream {
 public:
  explicit MessageStream(base::Channel& channel, std::size_t frame_limit = max_frame_bytes)
      : channel_(channel), frame_limit_(frame_limit) {}

  // Throws away up to max_stale_bytes until mark + nonce + "\n" has come.
  void expect_mark(std::string_view mark, std::string_view nonce);
  void send_mark(std::string_view mark, std::string_view nonce);

  void send(MessageType type, std::string_view payload = {});
  void send(MessageType type, const Encoder& payload) { send(type, payload.bytes()); }
  // The next message, its frames joined; past limit bytes: Error(guest). False when the other side has closed
  // between two messages.
  bool receive(Message& message, std::size_t limit);

 private:
  bool receive_frame(Message& message, std::size_t limit, bool first, bool& more);
  bool read_exactly(void* data, std::size_t size, bool may_end);

  base::Channel& channel_;
  std::size_t frame_limit_;
};

inline constexpr std::string_view guest_mark =
    "\x7f"
    "DESKLOOM-GUEST ";  // clang-format off
inline constexpr std::string_view host_mark = "\x7f" "DESKLOOM-HOST ";  // clang-format on

// Throws Error(guest): the other side broke a rule of the protocol.
[[noreturn]] void broken(const std::string& rule);

}  // namespace deskloom::guest
