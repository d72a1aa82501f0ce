#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/stream.hpp"
#include "snapshot/bytes.hpp"
#include "snapshot/hash.hpp"

// How two stores talk: the one that somebody asked (client) and `deskloom store serve` (server), over one
// two-way stream. Neither trusts the other. All integers are little-endian.
//
//   stream   = greeting *message                        ; each way
//   greeting = %s"DLSTORE" version:u8
//   message  = type:u8 length:u32 body
//   error    = kind:u8 text16 hint:text16               ; in place of any message; the sender ends then
//
// What the client asks, one after the other:
//
//   list     = user:text16                 ; empty: everybody's. Answered by listed messages
//   offer    = dry-run:u8 key              ; the client becomes the sender; answered by ready
//   fetch    = dry-run:u8 key *snapshot    ; the server becomes the sender, of these
//   key      = 16OCTET                     ; names the master key of the client's store,
//                                          ; zeros where it is not encrypted;
//                                          ; refused when the server's is another one
//   listed   = last:u8 *(snapshot created-ns:u64 user:text16)
//   ready    = ""
//   snapshot = id:16OCTET
//
// What the sender says, and the receiver's answer:
//
//   has      = *snapshot      ; bits: which of these snapshots it has, whole
//   have     = *id:32OCTET    ; bits: which of these chunks it has; says nothing of what they lead to
//   depths   = *id:32OCTET    ; octets: 0 where it has no such chunk, else one more than
//                             ; the depth of the frame that it has it in: what rests on
//                             ; the chunk must be deeper
//   plan     = chunks:u64 bytes:u64        ; what will come for the next snapshot. No answer
//   frame    = a frame as in a pack        ; after all that it was compressed against. No answer
//   manifest = like:16OCTET text           ; done, when the snapshot is durable;
//                                          ; like: a snapshot that the receiver has
//                                          ; and that shares much with it, or zeros
//   failed   = snapshot problem:text16     ; one that cannot be sent. No answer
//   end      = snapshots:u64 there:u64 chunks:u64 sent:u64 skipped:u64   ; done. What was sent in all
//   bits     = *OCTET                      ; one for each asked, lowest first
//   octets   = *OCTET                      ; one for each asked
//   done     = ""
//
// Having a chunk does not mean having what it leads to: a transfer that was cut leaves such. So the sender
// asks for every chunk of a snapshot but for those of blocks of trees, and of streams, that it shares with
// `like`; and the receiver, before a snapshot is named, looks for all of them by itself. Where it does not
// have the key of its store it cannot, and takes the sender's word; what it keeps is sealed, so that whoever
// has the key sees what is wrong.
namespace deskloom::snapshot::transfer {

inline constexpr std::uint8_t protocol_version = 1;
inline constexpr std::size_t ids_limit = 4096;  // of chunks in one question

enum class Type : std::uint8_t {
  list = 1,
  offer = 2,
  fetch = 3,
  listed = 4,
  ready = 5,
  has = 16,
  have = 17,
  plan = 18,
  frame = 19,
  manifest = 20,
  failed = 21,
  end = 22,
  depths = 23,
  bits = 32,
  done = 33,
  octets = 34,
  error = 63,
};

struct Message {
  Type type = Type::error;
  Bytes body;
};

// One end. peer names the other in errors.
class Messages {
 public:
  // check is called at each message: what it throws ends the transfer.
  Messages(base::Channel& channel, std::string peer, std::function<void()> check = {});

  void greet();            // first of all, both ends
  void expect_greeting();  // Error: store_newer, failed when it is no deskloom, host_unreachable when it says
                           // nothing

  // When the other end has gone, throws the Error that it left.
  void send(Type type, ByteView body = {});
  // Throws the Error that the other end sent in its place, naming it; Error(failed) when the stream ends.
  Message receive();
  // The same; nothing when the stream ends before one begins.
  std::optional<Message> receive_or_end();
  // The same, and Error(corrupt) for any other type.
  Bytes expect(Type type);
  // For an end that must give up; never throws.
  void send_error(const base::Error& error) noexcept;
  [[noreturn]] void refuse(const std::string& problem);  // Error(corrupt): it broke the grammar
  const std::string& peer() const { return peer_; }
  // It has gone, broke the grammar or said an error: what fails now is not this end's fault.
  bool is_over() const { return over_; }

 private:
  std::size_t read_all(std::span<std::byte> buffer);  // less at the end of the stream
  [[noreturn]] void fail_cut_off();
  void write(Type type, ByteView body);

  base::Channel& channel_;
  std::string peer_;
  std::function<void()> check_;
  bool over_ = false;
};

}  // namespace deskloom::snapshot::transfer
