// SPEC I3: whatever the other end says, a transfer ends in an Error or in a store that is whole.
#include "snapshot/bytes.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"
#include "transfer_peers.hpp"

using namespace deskloom;
using namespace deskloom::snapshot::transfer;
using test::Contains;
using test::TempStore;

namespace {

constexpr std::size_t greeting_bytes = 8;
constexpr std::size_t head_bytes = 5;
constexpr std::size_t type_frame = 19;

// Says what was recorded, whatever it is told.
class Replay : public base::Channel {
 public:
  explicit Replay(std::string bytes) : bytes_(std::move(bytes)) {}
  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t n = bytes_.copy(reinterpret_cast<char*>(buffer.data()), buffer.size(), used_);
    used_ += n;
    return n;
  }
  void write(std::span<const std::byte>) override {}

 private:
  std::string bytes_;
  std::size_t used_ = 0;
};

class Recorder : public base::Channel {
 public:
  explicit Recorder(base::Channel& channel) : channel_(channel) {}
  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t n = channel_.read(buffer);
    heard += snapshot::as_text(buffer.first(n));
    return n;
  }
  void write(std::span<const std::byte> bytes) override {
    said += snapshot::as_text(bytes);
    channel_.write(bytes);
  }
  std::string said, heard;

 private:
  base::Channel& channel_;
};

// A store with a difference in it, and what is said when it is pushed into an empty one or pulled from it.
struct Recorded {
  TempStore store;
  std::string pushed, pulled;

  Recorded() {
    std::string text = test::noise(6'000);
    base::NoProgress progress;
    std::optional<test::Captured> last;
    for (int step = 0; step < 2; ++step) {
      test::FakeTree tree;
      tree.directory("d").file("d/notes", text);
      tree.clock += step * 10'000'000'000;
      tree.nodes.back().mtime_ns += step;
      last = capture(*store.store, tree, last ? &last->tree() : nullptr);
      text[3'000] = static_cast<char>('a' + step);
    }
    const TempStore target, other;
    test::Served there(target.path());
    Recorder push(there.channel());
    Peer(push, "there").push(snapshot::open_root(store.path()), store.store->list(), false, progress);
    pushed = push.said;
    test::Served here(store.path());
    Recorder pull(here.channel());
    Peer(pull, "here").pull(snapshot::open_root(other.path()), store.store->list(), false, progress);
    pulled = pull.heard;
  }
};

// What stands in the store afterwards; the error that ended it, or nothing.
std::string receive_push(const TempStore& target, const std::string& said) {
  Replay client(said);
  try {
    serve(target.path(), client, {});
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

std::string receive_pull(const TempStore& target, const std::string& said,
                         const std::vector<std::string>& ids) {
  Replay server(said);
  base::NoProgress progress;
  try {
    Peer(server, "the server").pull(snapshot::open_root(target.path()), ids, false, progress);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

bool is_whole(const TempStore& target) {
  base::NoProgress progress;
  return target.open()->verify(true, progress).problems.empty();
}

// The messages of one end, each with its head; the greeting comes first.
std::vector<std::string> messages_of(const std::string& said) {
  std::vector<std::string> messages{said.substr(0, greeting_bytes)};
  for (std::size_t at = greeting_bytes; at < said.size();) {
    snapshot::ByteReader head(snapshot::as_bytes(std::string_view(said).substr(at + 1)), "recorded");
    const std::size_t size = head_bytes + head.integer<std::uint32_t>();
    messages.push_back(said.substr(at, size));
    at += size;
  }
  return messages;
}

}  // namespace

TEST_CASE("a client that garbles any byte leaves a whole store") {
  const Recorded recorded;
  REQUIRE(receive_push(TempStore(), recorded.pushed).empty());
  for (std::size_t at = 0; at < recorded.pushed.size(); at += at < 300 ? 1 : 41) {
    CAPTURE(at, recorded.pushed.size());
    std::string garbled = recorded.pushed;
    garbled[at] = static_cast<char>(garbled[at] ^ (at % 2 == 0 ? 0x01 : 0xff));
    const TempStore target;
    receive_push(target, garbled);
    CHECK(is_whole(target));
  }
}

TEST_CASE("a server that garbles any byte leaves a whole store") {
  const Recorded recorded;
  const auto ids = recorded.store.store->list();
  REQUIRE(receive_pull(TempStore(), recorded.pulled, ids).empty());
  for (std::size_t at = 0; at < recorded.pulled.size(); at += at < 300 ? 1 : 41) {
    CAPTURE(at, recorded.pulled.size());
    std::string garbled = recorded.pulled;
    garbled[at] = static_cast<char>(garbled[at] ^ (at % 2 == 0 ? 0x80 : 0xff));
    const TempStore target;
    receive_pull(target, garbled, ids);
    CHECK(is_whole(target));
  }
}

TEST_CASE("a snapshot of which any frame never came does not become visible") {
  const Recorded recorded;
  const auto messages = messages_of(recorded.pushed);
  std::size_t frames = 0;
  for (std::size_t left_out = 0; left_out < messages.size(); ++left_out) {
    if (static_cast<unsigned char>(messages[left_out].front()) != type_frame) continue;
    ++frames;
    std::string said;
    for (std::size_t i = 0; i < messages.size(); ++i) said += i == left_out ? "" : messages[i];
    const TempStore target;
    CHECK_THAT(receive_push(target, said), Contains("never came"));
    CHECK(target.open()->list().size() < 2);
    CHECK(is_whole(target));
  }
  CHECK(frames >= 3);
}

TEST_CASE("messages that are not due end the transfer") {
  const TempStore target;
  const std::string greeting("DLSTORE\1", greeting_bytes);
  const auto message = [](char type, const std::string& body) {
    return std::string(1, type) + static_cast<char>(body.size()) + std::string(3, '\0') + body;
  };
  const std::string dry = std::string(1, '\1') + std::string(16, '\0');
  CHECK_THAT(receive_push(target, greeting + message(32, "")), Contains("asked for nothing"));
  CHECK_THAT(receive_push(target, greeting + message(2, dry) + message(5, "")), Contains("not due"));
  CHECK_THAT(receive_push(target, greeting + message(2, dry) + message(20, std::string(40, 'x'))),
             Contains("only questions"));
  CHECK_THAT(receive_push(target, greeting + "\x13\xff\xff\xff\xff"), Contains("too long"));
  CHECK_THAT(receive_push(target, "GET / HTTP/1.1"), Contains("something else than a store"));
}
