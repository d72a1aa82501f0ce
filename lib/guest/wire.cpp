#include "guest/wire.hpp"

#include <array>
#include <cstring>
#include <span>

#include "base/error.hpp"

namespace deskloom::guest {
namespace {

constexpr std::uint8_t more_follows = 0x80;
constexpr std::size_t header_bytes = 5;

std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string header(MessageType type, bool more, std::size_t length) {
  std::string bytes(header_bytes, '\0');
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(length >> (8 * i) & 0xff);
  bytes[4] = static_cast<char>(static_cast<std::uint8_t>(type) | (more ? more_follows : 0));
  return bytes;
}

std::size_t length_of(const std::array<std::uint8_t, header_bytes>& bytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= static_cast<std::size_t>(bytes[i]) << (8 * i);
  return length;
}

}  // namespace

void broken(const std::string& rule) {
  throw base::Error(base::ErrorKind::guest, "the other side broke the protocol: " + rule,
                    "what it sent was not used; a guest that does this again should not be trusted");
}

Encoder& Encoder::number(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
  return *this;
}

Encoder& Encoder::signed_number(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return number(bits << 1 ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

Encoder& Encoder::string(std::string_view value) {
  number(value.size());
  bytes_ += value;
  return *this;
}

std::uint64_t Decoder::number(std::uint64_t maximum) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (rest_.empty()) broken("a message ends within a number");
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) broken("a number is larger than 64 bits");
    if (shift > 0 && byte == 0) broken("a number is not in its shortest form");
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  if (value > maximum) broken("a number is larger than " + std::to_string(maximum));
  return value;
}

std::int64_t Decoder::signed_number() {
  const std::uint64_t bits = number();
  return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
}

std::string Decoder::string(std::size_t maximum) {
  const std::uint64_t size = number();
  if (size > maximum) broken("a string is longer than " + std::to_string(maximum) + " bytes");
  if (size > rest_.size()) broken("a message ends within a string");
  std::string value(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return value;
}

std::size_t Decoder::count(std::uint64_t maximum) {
  const std::uint64_t count = number();
  if (count > maximum) broken("a list has more than " + std::to_string(maximum) + " elements");
  if (count > rest_.size()) broken("a list has more elements than its message has bytes");
  return count;
}

void Decoder::end() const {
  if (!rest_.empty()) broken(std::to_string(rest_.size()) + " bytes are left at the end of a message");
}

void MessageStream::send_mark(std::string_view mark, std::string_view nonce) {
  std::string bytes(mark);
  bytes.append(nonce).append("\n");
  channel_.write(as_bytes(bytes));
}

void MessageStream::expect_mark(std::string_view mark, std::string_view nonce) {
  std::string wanted(mark);
  wanted.append(nonce).append("\n");
  std::string window;  // always a prefix of wanted, so a read of what is missing cannot go past its end
  for (std::size_t seen = 0; window != wanted;) {
    std::string next(wanted.size() - window.size(), '\0');
    const std::size_t n = channel_.read(std::as_writable_bytes(std::span(next)));
    if (n == 0) broken("it closed before it said its greeting");
    seen += n;
    if (seen > max_stale_bytes) broken("no greeting within 64 MiB");
    window.append(next, 0, n);
    while (!wanted.starts_with(window)) window.erase(0, window.find(wanted.front(), 1));
  }
}

void MessageStream::send(MessageType type, std::string_view payload) {
  do {
    const auto part = payload.substr(0, frame_limit_);
    payload.remove_prefix(part.size());
    channel_.write(as_bytes(header(type, !payload.empty(), part.size()).append(part)));
  } while (!payload.empty());
}

bool MessageStream::receive(Message& message, std::size_t limit) {
  message.payload.clear();
  bool more = false;
  if (!receive_frame(message, limit, true, more)) return false;
  while (more) receive_frame(message, limit, false, more);
  return true;
}

bool MessageStream::receive_frame(Message& message, std::size_t limit, bool first, bool& more) {
  std::array<std::uint8_t, header_bytes> bytes{};
  if (!read_exactly(bytes.data(), bytes.size(), first)) return false;
  const std::size_t length = length_of(bytes);
  if (length > frame_limit_) broken("a frame is larger than " + std::to_string(frame_limit_) + " bytes");
  if (length == 0 && !first) broken("a frame that continues a message is empty");
  if (length > limit - message.payload.size()) {
    broken("a message is larger than " + std::to_string(limit) + " bytes");
  }
  const auto type = static_cast<MessageType>(bytes[4] & ~more_follows);
  if (!first && type != message.type) broken("a message goes on as one of another type");
  message.type = type;
  more = (bytes[4] & more_follows) != 0;
  if (more && length == 0) broken("a frame that is continued is empty");
  const std::size_t at = message.payload.size();
  message.payload.resize(at + length);
  return read_exactly(message.payload.data() + at, length, false);
}

bool MessageStream::read_exactly(void* data, std::size_t size, bool may_end) {
  auto buffer = std::as_writable_bytes(std::span(static_cast<char*>(data), size));
  while (!buffer.empty()) {
    const std::size_t n = channel_.read(buffer);
    if (n == 0 && may_end && buffer.size() == size) return false;
    if (n == 0) broken("it closed in the middle of a message");
    buffer = buffer.subspan(n);
  }
  return true;
}

}  // namespace deskloom::guest
