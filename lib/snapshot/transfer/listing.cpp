#include "snapshot/transfer/listing.hpp"

#include "snapshot/manifest.hpp"

namespace deskloom::snapshot::transfer {
namespace {

constexpr std::size_t message_target_bytes = 1 << 20;
constexpr std::size_t id_bytes = snapshot_id_digits / 2;

Listed listed_of(const Store& store, const std::string& id) {
  try {
    const Snapshot snapshot = store.get(id);
    return {id, snapshot.created_at, user_of(snapshot)};
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt && error.kind() != base::ErrorKind::no_key) throw;
    return {id, {}, {}};
  }
}

}  // namespace

std::string user_of(const Snapshot& snapshot) {
  const auto user = snapshot.metadata.find("user");
  return user != snapshot.metadata.end() && user->is_string() ? user->get<std::string>() : "";
}

void write_id(const std::string& id, ByteWriter& out) {
  const Hash padded = parse_hash(id + std::string(id.size(), '0'), "a snapshot's id");
  out.raw(ByteView(padded.bytes).first(id_bytes));
}

std::string read_id(ByteReader& in) {
  Hash padded;
  std::ranges::copy(in.raw(id_bytes), padded.bytes.begin());
  return to_hex(padded).substr(0, snapshot_id_digits);
}

std::vector<std::string> read_ids(ByteReader& in) {
  std::vector<std::string> ids;
  while (in.left() > 0) ids.push_back(read_id(in));
  return ids;
}

std::vector<Listed> list_store(const Store& store, const std::string& user) {
  std::vector<Listed> all;
  for (const std::string& id : store.list()) {
    Listed one = listed_of(store, id);
    if (user.empty() || one.user == user) all.push_back(std::move(one));
  }
  return all;
}

void answer_list(const Store& store, ByteView request, Messages& peer) {
  ByteReader in(request, peer.peer());
  const std::string user = in.text16();
  ByteWriter out;
  out.integer(std::uint8_t{0});
  for (const Listed& one : list_store(store, user)) {
    write_id(one.id, out);
    out.integer(static_cast<std::uint64_t>(base::to_ns(one.created_at)));
    out.text16(std::string_view(one.user).substr(0, 1024));
    if (out.bytes().size() < message_target_bytes) continue;
    peer.send(Type::listed, out.bytes());
    out = ByteWriter();
    out.integer(std::uint8_t{0});
  }
  peer.send(Type::listed, out.bytes());
  peer.send(Type::listed, ByteWriter().integer(std::uint8_t{1}).bytes());
}

std::vector<Listed> ask_list(const std::string& user, Messages& peer) {
  peer.send(Type::list, ByteWriter().text16(user).bytes());
  std::vector<Listed> all;
  for (bool last = false; !last;) {
    const Bytes body = peer.expect(Type::listed);
    ByteReader in(body, peer.peer());
    last = in.integer<std::uint8_t>() != 0;
    while (in.left() > 0) {
      Listed one;
      one.id = read_id(in);
      one.created_at = base::from_ns(static_cast<std::int64_t>(in.integer<std::uint64_t>()));
      one.user = in.text16();
      all.push_back(std::move(one));
    }
  }
  return all;
}

}  // namespace deskloom::snapshot::transfer
