#include "snapshot/transfer/receiver.hpp"
#include "snapshot/transfer/sender.hpp"
#include "snapshot/transfer/transfer.hpp"

namespace deskloom::snapshot::transfer {

Peer::Peer(base::Channel& channel, std::string name, std::function<void()> check)
    : messages_(channel, std::move(name), std::move(check)) {
  messages_.greet();
  messages_.expect_greeting();
}

namespace {

ByteWriter request_of(bool dry_run, const StoreRoot& store) {
  return ByteWriter().integer(std::uint8_t{dry_run}).raw(store.seal->key_id());
}

}  // namespace

Report Peer::push(const StoreRoot& store, const std::vector<std::string>& ids, bool dry_run,
                  base::Progress& progress) {
  Sender sender(store, messages_, dry_run, progress);
  messages_.send(Type::offer, request_of(dry_run, store).bytes());
  messages_.expect(Type::ready);
  return sender.send(ids);
}

Report Peer::pull(const StoreRoot& store, const std::vector<std::string>& ids, bool dry_run,
                  base::Progress& progress) {
  Receiver receiver(store, messages_, dry_run, progress);
  ByteWriter request = request_of(dry_run, store);
  for (const std::string& id : ids) write_id(id, request);
  messages_.send(Type::fetch, request.bytes());
  try {
    return receiver.receive();
  } catch (const base::Error& error) {
    messages_.send_error(error);
    throw;
  }
}

}  // namespace deskloom::snapshot::transfer
