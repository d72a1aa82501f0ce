#include "fuzz/fixed_channel.hpp"
#include "snapshot/pack.hpp"
#include "snapshot/transfer/message.hpp"
#include "snapshot/transfer/transfer.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {
namespace {

using namespace snapshot;
using namespace snapshot::transfer;

// What an end says after its greeting, message by message.
class Said {
 public:
  Said() { Messages(channel_, "fuzz").greet(); }
  Said& say(Type type, const ByteWriter& body = {}) {
    Messages(channel_, "fuzz").send(type, body.bytes());
    return *this;
  }
  const std::string& bytes() const { return channel_.told; }

 private:
  FixedChannel channel_{{}};
};

ByteWriter flag(bool set) { return ByteWriter().integer(std::uint8_t{set}); }

ByteWriter frame_of(const std::string& data) {
  FrameHeader header;
  header.chunks = {{sha256(as_bytes(data)), static_cast<std::uint32_t>(data.size())}};
  header.raw_size = header.stored_size = static_cast<std::uint32_t>(data.size());
  return ByteWriter().raw(encode_frame_header(header, as_bytes(data))).raw(as_bytes(data));
}

bool run_messages(Input input) {
  return accepts_any([&] {
    FixedChannel channel(input);
    Messages messages(channel, "fuzz");
    messages.expect_greeting();
    while (messages.receive_or_end()) {
    }
  });
}

std::vector<std::string> message_seeds() {
  return {Said().say(Type::ready).say(Type::have, ByteWriter().raw(Bytes(64))).bytes()};
}

// A client talks to a whole server. What frames bring stays in the store, as it would.
bool run_server(Input input) {
  static const TempDir dir;
  static const auto path = (Store::init(dir / "store"), dir / "store");
  return accepts_any([&] {
    FixedChannel channel(input);
    serve(path, channel, {});
  });
}

std::vector<std::string> server_seeds() {
  const ByteWriter ids = ByteWriter().raw(Bytes(32));
  const ByteWriter counts = ByteWriter().raw(Bytes(40));
  const Bytes no_key(16);
  return {Said().say(Type::list, ByteWriter().text16("anna")).bytes(),
          Said()
              .say(Type::offer, flag(true).raw(no_key))
              .say(Type::has, ids)
              .say(Type::have, ids)
              .say(Type::depths, ids)
              .say(Type::end, counts)
              .bytes(),
          Said()
              .say(Type::offer, flag(false).raw(no_key))
              .say(Type::plan, ByteWriter().raw(Bytes(16)))
              .say(Type::frame, frame_of("some content"))
              .say(Type::failed, ByteWriter().raw(Bytes(16)).text16("damaged"))
              .say(Type::end, counts)
              .bytes(),
          Said().say(Type::fetch, flag(true).raw(no_key)).say(Type::done).bytes()};
}

// A server answers a client that wants to know what there is.
bool run_listing(Input input) {
  return accepts_any([&] {
    FixedChannel channel(input);
    Peer(channel, "fuzz").list("anna");
  });
}

std::vector<std::string> listing_seeds() {
  const ByteWriter one = flag(false).raw(Bytes(16)).integer(std::uint64_t{1}).text16("anna");
  return {Said().say(Type::listed, one).say(Type::listed, flag(true)).bytes()};
}

}  // namespace

std::vector<FuzzTarget> transfer_targets() {
  return {{"transfer-messages", run_messages, message_seeds},
          {"transfer-server", run_server, server_seeds},
          {"transfer-listing", run_listing, listing_seeds}};
}

}  // namespace deskloom::test
