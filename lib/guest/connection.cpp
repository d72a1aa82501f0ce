#include "guest/connection.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "guest/codec.hpp"

namespace deskloom::guest {
namespace {

[[noreturn]] void throw_error_reply(const Message& message) {
  Decoder in(message.payload);
  const auto kind = error_kind(in.number());
  const auto text = in.string();
  const auto hint = in.string();
  in.end();
  throw base::Error(kind, "in the guest: " + base::printable(text), base::printable(hint));
}

}  // namespace

Client::Connection::TimedChannel::TimedChannel(std::unique_ptr<base::Channel> channel,
                                               std::chrono::milliseconds total)
    : channel_(std::move(channel)), total_(total) {
  restart();
}

void Client::Connection::TimedChannel::check() const {
  if (std::chrono::steady_clock::now() <= deadline_) return;
  throw base::Error(base::ErrorKind::guest,
                    "the guest took more than " + std::to_string(total_.count()) + " ms for one request",
                    "look at the load of the guest, or raise the limit");
}

std::size_t Client::Connection::TimedChannel::read(std::span<std::byte> buffer) {
  check();
  return channel_->read(buffer);
}

// Not held to the deadline: how long an upload takes is for the host to say; the channel limits each write.
void Client::Connection::TimedChannel::write(std::span<const std::byte> bytes) { channel_->write(bytes); }

Client::Connection::Connection(std::unique_ptr<base::Channel> channel, const std::string& nonce,
                               const Limits& limits)
    : limits_(limits),
      channel_(std::move(channel), limits.total_time),
      stream_(channel_, std::min<std::uint64_t>(limits.max_frame_bytes, max_frame_bytes)) {
  stream_.expect_mark(guest_mark, nonce);
  stream_.send_mark(host_mark, nonce);
  const auto hello = reply_of(MessageType::hello);
  Decoder in(hello.payload);
  const auto version = in.number();
  if (version != protocol_version) {
    throw base::Error(base::ErrorKind::guest,
                      "the guest's helper speaks protocol " + std::to_string(version) + ", this program " +
                          std::to_string(protocol_version),
                      "install the deskloom-guest of this program's version");
  }
  helper_version_ = base::printable(in.string());
  in.end();
}

void Client::Connection::request(MessageType type, const Encoder& payload) {
  channel_.restart();
  stream_.send(type, payload);
}

Message Client::Connection::reply(std::size_t limit) {
  Message message;
  if (!stream_.receive(message, limit)) broken("it closed before it answered");
  if (message.type == MessageType::error) throw_error_reply(message);
  return message;
}

Message Client::Connection::reply_of(MessageType type, std::size_t limit) {
  auto message = reply(limit);
  if (message.type != type) {
    broken("a message of type " + std::to_string(static_cast<int>(message.type)) + " came where " +
           std::to_string(static_cast<int>(type)) + " was due");
  }
  return message;
}

}  // namespace deskloom::guest
