#include "snapshot/transfer/sender.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "snapshot/manifest.hpp"

namespace deskloom::snapshot::transfer {
namespace {

constexpr std::size_t snapshots_asked_limit = 65'536;
constexpr std::size_t nearest_looked_at = 2'000;
constexpr std::size_t group_target_bytes = 256 << 10;
std::uint64_t size_of(const Snapshot& snapshot) {
  std::uint64_t size = 0;
  for (const Layer& layer : snapshot.layers) size += layer.size_bytes;
  return size;
}

}  // namespace

Sender::Sender(const StoreRoot& root, Messages& receiver, bool dry_run, base::Progress& progress)
    : receiver_(receiver),
      dry_run_(dry_run),
      progress_(progress),
      store_(root),
      chunks_(root),
      reader_(chunks_) {
  forget_asked();
}

void Sender::forget_asked() {
  asked_.clear();
  pending_.clear();
  missing_.clear();
  group_.clear();
  group_chunks_.clear();
  walk_.emplace(reader_, [this](const Hash& id) { ask(id); });
}

Report Sender::send(const std::vector<std::string>& ids) {
  ask_which_there();
  for (const std::string& id : ids) {
    try {
      send_one(id);
    } catch (const base::Error& error) {
      // One that is damaged here must not hold up the others.
      const bool is_ours =
          error.kind() == base::ErrorKind::corrupt || error.kind() == base::ErrorKind::not_found;
      if (!is_ours || receiver_.is_over()) throw;
      report_.failed.push_back({id, error.what()});
      ByteWriter out;
      write_id(id, out);
      receiver_.send(Type::failed, out.text16(std::string_view(error.what()).substr(0, 4096)).bytes());
      forget_asked();
    }
  }
  ByteWriter end;
  for (const std::uint64_t count :
       {report_.snapshots, report_.there, report_.chunks, report_.sent_bytes, report_.skipped_bytes}) {
    end.integer(count);
  }
  receiver_.send(Type::end, end.bytes());
  receiver_.expect(Type::done);
  return report_;
}

void Sender::ask_which_there() {
  own_ = store_.list();
  for (std::size_t from = 0; from < own_.size(); from += snapshots_asked_limit) {
    const auto part = std::span(own_).subspan(from, std::min(snapshots_asked_limit, own_.size() - from));
    ByteWriter question;
    for (const std::string& id : part) write_id(id, question);
    const auto answers = ask_bits(Type::has, question.bytes(), part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (answers[i]) there_.insert(part[i]);
    }
  }
}

// The newest before it of the same user, else the newest of the same user at all.
std::optional<Snapshot> Sender::nearest_there(const Snapshot& snapshot) const {
  const auto self = std::ranges::find(own_, snapshot.id);
  std::vector<std::string> order(std::make_reverse_iterator(self), own_.rend());
  if (self != own_.end()) order.insert(order.end(), self + 1, own_.end());
  std::size_t looked_at = 0;
  for (const std::string& id : order) {
    if (!there_.contains(id)) continue;
    if (++looked_at > nearest_looked_at) break;
    try {
      Snapshot other = store_.get(id);
      if (user_of(other) == user_of(snapshot)) return other;
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::corrupt && error.kind() != base::ErrorKind::not_found) throw;
    }
  }
  return std::nullopt;
}

void Sender::send_one(const std::string& id) {
  const std::string manifest = store_.get_manifest(id);
  const Snapshot snapshot = decode_manifest(manifest, "snapshot " + id, chunks_.seal());
  if (there_.contains(id)) {
    ++report_.there;
    report_.skipped_bytes += size_of(snapshot);
    return;
  }
  const auto like = nearest_there(snapshot);
  if (like) walk_->skip(*like);
  walk_->walk(snapshot);
  ask_pending();
  const auto shipments = plan();
  announce(shipments);
  std::uint64_t raw_bytes = 0;
  for (const Shipment& shipment : shipments) {
    raw_bytes += shipment.bytes;
    if (!dry_run_) ship(shipment);
  }
  flush_group();
  ++report_.snapshots;
  report_.skipped_bytes += size_of(snapshot) - std::min(size_of(snapshot), raw_bytes);
  there_.insert(id);
  if (dry_run_) return;
  ByteWriter out;
  write_id(like ? like->id : std::string(no_snapshot), out);
  receiver_.send(Type::manifest, out.raw(as_bytes(manifest)).bytes());
  receiver_.expect(Type::done);
  progress_.end();
}

void Sender::ask(const Hash& id) {
  if (!asked_.insert(id).second) return;
  pending_.push_back(id);
  if (pending_.size() == ids_limit) ask_pending();
}

void Sender::ask_pending() {
  if (pending_.empty()) return;
  ByteWriter question;
  for (const Hash& id : pending_) question.raw(id.bytes);
  const auto answers = ask_bits(Type::have, question.bytes(), pending_.size());
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (!answers[i]) missing_.push_back(pending_[i]);
  }
  pending_.clear();
}

std::vector<bool> Sender::ask_bits(Type question, ByteView ids, std::size_t count) {
  receiver_.send(question, ids);
  const Bytes bits = receiver_.expect(Type::bits);
  if (bits.size() != (count + 7) / 8) receiver_.refuse("an answer is not as long as the question");
  std::vector<bool> answers(count);
  for (std::size_t i = 0; i < count; ++i)
    answers[i] = (bits[i / 8] >> (i % 8) & std::byte{1}) != std::byte{0};
  return answers;
}

std::vector<Sender::Lacked> Sender::locate_missing() {
  std::vector<Lacked> lacked;
  for (const Hash& id : missing_) {
    auto location = chunks_.locate(id);
    if (!location) {
      throw base::Error(base::ErrorKind::corrupt, "chunk " + to_hex(id) + " is in no pack",
                        "run deskloom snapshot verify");
    }
    FrameHeader header;
    if (location->entry.depth > 0) chunks_.read_frame(*location, header);
    lacked.push_back({id, std::move(*location), std::move(header.bases)});
  }
  missing_.clear();
  return lacked;
}

// Of what the lacked rest on, but for what will be sent with them.
Sender::Depths Sender::ask_depths(const std::vector<Lacked>& lacked) {
  Hashes unasked;
  for (const Lacked& one : lacked) {
    for (const FrameBase& base : one.bases) unasked.insert(base.id);
  }
  Depths depths;
  for (const Lacked& one : lacked) {
    if (unasked.erase(one.id) > 0) depths[one.id] = one.location.entry.depth;
  }
  const std::vector<Hash> ids(unasked.begin(), unasked.end());
  for (std::size_t from = 0; from < ids.size(); from += ids_limit) {
    const auto part = std::span(ids).subspan(from, std::min(ids_limit, ids.size() - from));
    ByteWriter question;
    for (const Hash& id : part) question.raw(id.bytes);
    receiver_.send(Type::depths, question.bytes());
    const Bytes answer = receiver_.expect(Type::octets);
    if (answer.size() != part.size()) receiver_.refuse("an answer is not as long as the question");
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto depth = std::to_integer<std::uint8_t>(answer[i]);
      if (depth > 0) depths[part[i]] = static_cast<std::uint8_t>(depth - 1);
    }
  }
  return depths;
}

bool Sender::can_unpack(const Lacked& lacked, const Depths& depths) const {
  return std::ranges::all_of(lacked.bases, [&](const FrameBase& base) {
    const auto found = depths.find(base.id);
    return found != depths.end() && found->second < lacked.location.entry.depth;
  });
}

std::vector<Sender::Shipment> Sender::plan() {
  const auto all_lacked = locate_missing();
  const auto depths = ask_depths(all_lacked);
  std::map<std::tuple<std::uint8_t, std::string, std::uint32_t>, Shipment> by_place;
  for (const Lacked& lacked : all_lacked) {
    const PackEntry& entry = lacked.location.entry;
    const bool as_stored = can_unpack(lacked, depths);
    const std::uint8_t order = as_stored ? entry.depth : 0;
    Shipment& shipment = by_place[{order, lacked.location.pack, entry.frame_offset}];
    shipment.pack = lacked.location.pack;
    shipment.entry = entry;
    shipment.as_stored = as_stored;
    shipment.chunks.push_back(lacked.id);
    shipment.bytes += entry.size;
  }
  std::vector<Shipment> shipments;
  for (auto& [place, shipment] : by_place) shipments.push_back(std::move(shipment));
  return shipments;
}

void Sender::announce(const std::vector<Shipment>& shipments) {
  std::uint64_t chunks = 0, bytes = 0;
  for (const Shipment& shipment : shipments) {
    chunks += shipment.chunks.size();
    // Of a frame of which little is missing that little is sent; how small it gets is not known yet.
    bytes += std::min<std::uint64_t>(shipment.entry.frame_bytes, shipment.bytes);
  }
  report_.chunks += chunks;
  if (dry_run_) report_.sent_bytes += bytes;
  receiver_.send(Type::plan, ByteWriter().integer(chunks).integer(bytes).bytes());
  if (!dry_run_) progress_.begin("sending", bytes);
}

// In the order of depth: bases come before what was compressed against them.
void Sender::ship(const Shipment& shipment) {
  if (shipment.entry.depth > 0 && shipment.as_stored) flush_group();
  Index::Location location{shipment.pack, shipment.entry};
  FrameHeader header;
  const Bytes frame = chunks_.read_frame(location, header);
  if (shipment.as_stored && 2 * shipment.bytes >= header.raw_size) {
    send_frame(frame);
  } else {
    regroup(shipment.chunks);
  }
}

void Sender::regroup(const std::vector<Hash>& chunks) {
  for (const Hash& id : chunks) {
    const ByteView raw = reader_.read(id);
    if (group_.size() + raw.size() > group_target_bytes || group_chunks_.size() == frame_chunks_limit) {
      flush_group();
    }
    group_.insert(group_.end(), raw.begin(), raw.end());
    group_chunks_.push_back({id, static_cast<std::uint32_t>(raw.size())});
  }
}

void Sender::flush_group() {
  if (group_chunks_.empty()) return;
  FrameHeader header;
  header.chunks = std::move(group_chunks_);
  header.raw_size = static_cast<std::uint32_t>(group_.size());
  const auto compressed = compressor_.compress(group_, {}, group_.size());
  const ByteView payload = compressed.value_or(group_);
  header.codec = compressed ? Codec::zstd : Codec::raw;
  header.stored_size = static_cast<std::uint32_t>(payload.size());
  Bytes sealed;
  const ByteView stored = close_payload(header, payload, chunks_.seal(), sealed);
  Bytes frame = encode_frame_header(header, stored);
  frame.insert(frame.end(), stored.begin(), stored.end());
  send_frame(frame);
  group_.clear();
  group_chunks_.clear();
}

void Sender::send_frame(ByteView frame) {
  receiver_.send(Type::frame, frame);
  report_.sent_bytes += frame.size();
  progress_.advance(frame.size());
}

}  // namespace deskloom::snapshot::transfer
