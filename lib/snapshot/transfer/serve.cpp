#include <algorithm>

#include "snapshot/transfer/receiver.hpp"
#include "snapshot/transfer/sender.hpp"
#include "snapshot/transfer/transfer.hpp"

namespace deskloom::snapshot::transfer {
namespace {

StoreRoot open_served(const std::filesystem::path& directory, const ServeOptions& options) {
  if (options.key.is_given()) return open_root(directory, options.key);
  return open_root_locked(directory, options.client_seal ? options.client_seal : Seal::none());
}

class Server {
 public:
  Server(const std::filesystem::path& directory, Messages& client, const ServeOptions& options)
      : root_(open_served(directory, options)),
        client_(client),
        options_(options),
        store_(Store::open(root_)) {}

  void answer(const Message& request) {
    switch (request.type) {
      case Type::list:
        return answer_list(*store_, request.body, client_);
      case Type::offer:
        return answer_offer(request.body);
      case Type::fetch:
        return answer_fetch(request.body);
      default:
        client_.refuse("it asked for nothing that there is");
    }
  }

 private:
  void answer_offer(ByteView request) {
    ByteReader in(request, client_.peer());
    const bool dry_run = in.integer<std::uint8_t>() != 0;
    expect_same_key(in);
    if (options_.read_only && !dry_run) {
      throw base::Error(base::ErrorKind::usage, root_.directory.string() + " is served for reading only");
    }
    Receiver receiver(root_, client_, dry_run, progress_);
    client_.send(Type::ready);
    receiver.receive();
  }

  void answer_fetch(ByteView request) {
    ByteReader in(request, client_.peer());
    const bool dry_run = in.integer<std::uint8_t>() != 0;
    expect_same_key(in);
    Sender(root_, client_, dry_run, progress_).send(read_ids(in));
  }

  // Chunks of stores with different keys have different names, and nobody but the keys' owner can tell which
  // are the same.
  void expect_same_key(ByteReader& in) const {
    KeyId theirs{};
    std::ranges::copy(in.raw(theirs.size()), theirs.begin());
    if (theirs == root_.seal->key_id()) return;
    const std::string own = root_.directory.string();
    throw base::Error(
        base::ErrorKind::usage,
        !root_.seal->is_encrypted() ? own + " is not encrypted, and the other store is"
        : theirs == KeyId{}         ? own + " is encrypted, and the other store is not"
                                    : own + " is encrypted with another key than the other store",
        "make the one that receives with 'deskloom init --store-key', from the other one's file 'key'");
  }

  StoreRoot root_;
  Messages& client_;
  ServeOptions options_;
  std::unique_ptr<Store> store_;
  base::NoProgress progress_;
};

}  // namespace

void serve(const std::filesystem::path& store, base::Channel& channel, const ServeOptions& options) {
  Messages client(channel, "the client");
  client.greet();
  client.expect_greeting();
  try {
    Server server(store, client, options);
    while (const auto request = client.receive_or_end()) server.answer(*request);
  } catch (const base::Error& error) {
    client.send_error(error);
    throw;
  }
}

}  // namespace deskloom::snapshot::transfer
