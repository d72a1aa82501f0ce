#include "snapshot/transfer/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "snapshot/pack.hpp"

namespace deskloom::snapshot::transfer {
namespace {

using base::ErrorKind;

constexpr std::string_view magic = "DLSTORE";
constexpr std::size_t head_bytes = 5;
constexpr std::size_t read_step_bytes = 1 << 20;
constexpr std::uint32_t small_limit_bytes = 256 << 10;
constexpr std::uint32_t list_limit_bytes = 4 << 20;
constexpr std::uint32_t frame_message_limit_bytes = 4 << 20;
constexpr std::uint32_t manifest_limit_bytes = 64 << 20;
constexpr std::size_t text_limit_bytes = 60 << 10;

// Their places are the numbers in error messages.
constexpr std::array error_kinds{ErrorKind::failed,      ErrorKind::usage,     ErrorKind::partial,
                                 ErrorKind::no_store,    ErrorKind::locked,    ErrorKind::host_unreachable,
                                 ErrorKind::store_newer, ErrorKind::corrupt,   ErrorKind::no_space,
                                 ErrorKind::guest,       ErrorKind::not_found, ErrorKind::interrupted,
                                 ErrorKind::no_key};

std::uint32_t limit_of(Type type) {
  switch (type) {
    case Type::frame:
      return frame_message_limit_bytes;
    case Type::manifest:
      return manifest_limit_bytes;
    case Type::fetch:
    case Type::listed:
    case Type::has:
      return list_limit_bytes;
    default:
      return small_limit_bytes;
  }
}

base::Error decode_error(ByteView body, const std::string& peer) {
  ByteReader in(body, "an error of " + peer);
  const auto kind = in.integer<std::uint8_t>();
  const std::string text = in.text16();
  const std::string hint = in.text16();
  return base::Error(kind < error_kinds.size() ? error_kinds[kind] : ErrorKind::failed, text, hint)
      .with_context(peer);
}

}  // namespace

Messages::Messages(base::Channel& channel, std::string peer, std::function<void()> check)
    : channel_(channel), peer_(std::move(peer)), check_(std::move(check)) {}

void Messages::refuse(const std::string& problem) {
  over_ = true;
  throw base::Error(ErrorKind::corrupt, peer_ + " broke the protocol: " + problem,
                    "nothing that it sent was made visible");
}

void Messages::greet() {
  try {
    channel_.write(ByteWriter().raw(as_bytes(magic)).integer(protocol_version).bytes());
  } catch (const base::Error&) {
    // It has ended; its own greeting, or that there is none, tells more than a broken pipe does.
  }
}

void Messages::expect_greeting() {
  Bytes greeting(magic.size() + 1);
  const std::size_t have = read_all(greeting);
  if (have == 0) {
    if (check_) check_();
    throw base::Error(ErrorKind::host_unreachable, peer_ + " ended without a word",
                      "the lines before this one may say why; is deskloom installed there, and in PATH?");
  }
  if (have < greeting.size() || !as_text(greeting).starts_with(magic)) {
    throw base::Error(ErrorKind::failed,
                      fmt::format("{} answers with something else than a store: '{}'", peer_,
                                  base::printable(as_text(greeting).substr(0, have))),
                      "a login script that prints text may stand in the way");
  }
  const auto version = std::to_integer<unsigned>(greeting.back());
  if (version != protocol_version) {
    throw base::Error(
        ErrorKind::store_newer,
        fmt::format("{} speaks version {} of the transfer, this program version {}", peer_, version,
                    protocol_version),
        version > protocol_version ? "use a newer deskloom here" : "use a newer deskloom there");
  }
}

void Messages::write(Type type, ByteView body) {
  const ByteWriter out = ByteWriter()
                             .integer(static_cast<std::uint8_t>(type))
                             .integer(static_cast<std::uint32_t>(body.size()))
                             .raw(body);
  channel_.write(out.bytes());
}

void Messages::send(Type type, ByteView body) {
  if (check_) check_();
  try {
    write(type, body);
  } catch (const base::Error&) {
    over_ = true;
    // It has ended; what it said at last tells more than a broken pipe does.
    while (receive().type != Type::error) {
    }
    throw;
  }
}

void Messages::send_error(const base::Error& error) noexcept {
  try {
    const auto kind = std::ranges::find(error_kinds, error.kind()) - error_kinds.begin();
    ByteWriter out;
    out.integer(static_cast<std::uint8_t>(kind));
    out.text16(std::string_view(error.what()).substr(0, text_limit_bytes));
    out.text16(std::string_view(error.hint()).substr(0, text_limit_bytes));
    write(Type::error, out.bytes());
  } catch (const std::exception&) {
    // It has gone: there is nobody to tell.
  }
}

std::size_t Messages::read_all(std::span<std::byte> buffer) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    const std::size_t n = channel_.read(buffer.subspan(have));
    if (n == 0) break;
    have += n;
  }
  return have;
}

void Messages::fail_cut_off() {
  over_ = true;
  if (check_) check_();
  throw base::Error(ErrorKind::failed, "the connection to " + peer_ + " was cut",
                    "run the command again: it goes on where it stopped");
}

Message Messages::receive() {
  auto message = receive_or_end();
  if (!message) fail_cut_off();
  return std::move(*message);
}

std::optional<Message> Messages::receive_or_end() {
  if (check_) check_();
  std::array<std::byte, head_bytes> head{};
  const std::size_t came = read_all(head);
  if (came == 0) return std::nullopt;
  if (came < head.size()) fail_cut_off();
  ByteReader in(head, peer_);
  Message message;
  message.type = static_cast<Type>(in.integer<std::uint8_t>());
  const auto length = in.integer<std::uint32_t>();
  if (length > limit_of(message.type)) refuse("a message is too long");
  // As it comes, not as it was announced.
  while (message.body.size() < length) {
    const std::size_t have = message.body.size();
    message.body.resize(std::min<std::size_t>(length, have + read_step_bytes));
    const auto part = std::span(message.body).subspan(have);
    if (read_all(part) < part.size()) fail_cut_off();
  }
  if (message.type != Type::error) return message;
  over_ = true;
  throw decode_error(message.body, peer_);
}

Bytes Messages::expect(Type type) {
  Message message = receive();
  if (message.type != type) refuse("a message came that was not due");
  return std::move(message.body);
}

}  // namespace deskloom::snapshot::transfer
