#include "snapshot/transfer/receiver.hpp"
#include "snapshot/transfer/sender.hpp"
#include "snapshot/transfer/transfer.hpp"

namespace deskloom::snapshot::transfer {
namespace {

class Server {
 public:
  Server(const std::filesystem::path& directory, Messages& client, const ServeOptions& options)
      : directory_(directory), client_(client), options_(options), store_(Store::open(directory)) {}

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
    const bool dry_run = ByteReader(request, client_.peer()).integer<std::uint8_t>() != 0;
    if (options_.read_only && !dry_run) {
      throw base::Error(base::ErrorKind::usage, directory_.string() + " is served for reading only");
    }
    Receiver receiver(directory_, client_, dry_run, progress_);
    client_.send(Type::ready);
    receiver.receive();
  }

  void answer_fetch(ByteView request) {
    ByteReader in(request, client_.peer());
    const bool dry_run = in.integer<std::uint8_t>() != 0;
    Sender(directory_, client_, dry_run, progress_).send(read_ids(in));
  }

  std::filesystem::path directory_;
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
