#include "snapshot/transfer/receiver.hpp"

#include <algorithm>

#include "snapshot/manifest.hpp"

namespace deskloom::snapshot::transfer {
namespace {

Bytes to_bits(const std::vector<bool>& answers) {
  Bytes bits((answers.size() + 7) / 8);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i]) bits[i / 8] |= std::byte{1} << (i % 8);
  }
  return bits;
}

bool matches(const FrameHeader& header, ByteView raw, const Seal& seal) {
  for (const FrameChunk& chunk : header.chunks) {
    if (seal.id_of(raw.first(chunk.size)) != chunk.id) return false;
    raw = raw.subspan(chunk.size);
  }
  return true;
}

}  // namespace

Receiver::Writing::Writing(const std::filesystem::path& directory, ChunkStore& store)
    : registration(directory / "writers"), session(store), chunks(session) {
  store.repair();
}

Receiver::Receiver(const StoreRoot& root, Messages& sender, bool dry_run, base::Progress& progress)
    : root_(root),
      sender_(sender),
      progress_(progress),
      store_(root),
      chunks_(root),
      reader_(chunks_),
      complete_(reader_, [this](const Hash& id) { require(id); }) {
  if (!dry_run) writing_.emplace(root.directory, chunks_);
}

Report Receiver::receive() {
  try {
    while (!ended_) take(sender_.receive());
  } catch (const base::Error&) {
    try {
      if (writing_) make_durable();
    } catch (const base::Error&) {
      // The first error says why; whole packs and the good part of others are found by the next writer.
    }
    throw;
  }
  return report_;
}

void Receiver::take(const Message& message) {
  switch (message.type) {
    case Type::has:
      return answer_has(message.body);
    case Type::have:
      return answer_have(message.body);
    case Type::depths:
      return answer_depths(message.body);
    case Type::plan:
      return take_plan(message.body);
    case Type::frame:
      return take_frame(message.body);
    case Type::manifest:
      return take_manifest(message.body);
    case Type::failed:
      return take_failed(message.body);
    case Type::end:
      return take_end(message.body);
    default:
      sender_.refuse("a message came that was not due");
  }
}

void Receiver::answer_has(ByteView ids) {
  ByteReader in(ids, sender_.peer());
  std::vector<bool> answers;
  for (const std::string& id : read_ids(in)) answers.push_back(store_.has(id));
  sender_.send(Type::bits, to_bits(answers));
}

void Receiver::answer_have(ByteView ids) {
  ByteReader in(ids, sender_.peer());
  std::vector<bool> answers;
  while (in.left() > 0) {
    Hash id;
    std::ranges::copy(in.raw(id.bytes.size()), id.bytes.begin());
    answers.push_back(chunks_.contains(id));
  }
  sender_.send(Type::bits, to_bits(answers));
}

void Receiver::answer_depths(ByteView ids) {
  ByteReader in(ids, sender_.peer());
  ByteWriter depths;
  while (in.left() > 0) {
    Hash id;
    std::ranges::copy(in.raw(id.bytes.size()), id.bytes.begin());
    const auto found = chunks_.index().find(id);
    depths.integer(static_cast<std::uint8_t>(found ? found->entry.depth + 1 : 0));
  }
  sender_.send(Type::octets, depths.bytes());
}

void Receiver::take_plan(ByteView body) {
  ByteReader in(body, sender_.peer());
  in.integer<std::uint64_t>();
  progress_.begin("receiving", in.integer<std::uint64_t>());
}

Receiver::Writing& Receiver::writing() {
  if (!writing_) sender_.refuse("it sends where only questions were due");
  return *writing_;
}

// A chunk may stand deeper here than in the sender's store: a frame must not make its chain too long, nor
// close a circle.
bool Receiver::chain_fits(const FrameHeader& header) {
  return std::ranges::all_of(
      header.bases, [&](const FrameBase& base) { return reader_.origin_of(base.id).depth < header.depth; });
}

void Receiver::take_frame(ByteView frame) {
  Writing& to = writing();
  const auto header = decode_frame(frame);
  if (!header || header->frame_bytes() != frame.size()) sender_.refuse("a frame is damaged");
  const bool all_found =
      std::ranges::all_of(header->bases, [&](const FrameBase& b) { return chunks_.contains(b.id); });
  // They may have come a moment ago.
  if (!all_found) make_durable();
  for (const FrameBase& base : header->bases) require(base.id);
  const ByteView payload = frame.subspan(header->header_bytes());
  if (root_.seal->is_locked()) return keep_unread(*header, payload);
  const Bytes raw = reader_.unpack(*header, payload);
  if (!matches(*header, raw, *root_.seal)) sender_.refuse("a chunk is not what its name says");
  if (chain_fits(*header)) {
    to.chunks.keep(*header, payload);
  } else {
    ByteView rest(raw);
    for (const FrameChunk& chunk : header->chunks) {
      to.chunks.put(rest.first(chunk.size));
      rest = rest.subspan(chunk.size);
    }
  }
  progress_.advance(frame.size());
}

// Without the key: all that can be seen is whether it came as it was sent, and what it rests on.
void Receiver::keep_unread(const FrameHeader& header, ByteView payload) {
  if (!header.sealed) sender_.refuse("a frame is not encrypted, as the store is");
  for (const FrameBase& base : header.bases) {
    if (chunks_.index().find(base.id)->entry.depth >= header.depth) {
      sender_.refuse("a frame rests on what is too deep here");
    }
  }
  writing().chunks.keep(header, payload);
  progress_.advance(header.frame_bytes());
}

void Receiver::require(const Hash& id) {
  if (chunks_.contains(id)) return;
  sender_.refuse("chunk " + to_hex(id) + " is needed, and never came");
}

void Receiver::make_durable() {
  writing().chunks.finish();
  writing().session.commit();
}

void Receiver::take_manifest(ByteView body) {
  make_durable();
  ByteReader in(body, sender_.peer());
  const std::string like = read_id(in);
  const std::string text(as_text(in.raw(in.left())));
  const std::string origin = "a manifest from " + sender_.peer();
  std::string id;
  if (root_.seal->is_locked()) {
    id = id_of_sealed_manifest(text, origin);
  } else {
    const Snapshot snapshot = decode_manifest(text, origin, *root_.seal);
    check_complete(snapshot, like);
    id = snapshot.id;
  }
  store_.put_manifest(id, text);
  progress_.end();
  sender_.send(Type::done);
}

void Receiver::check_complete(const Snapshot& snapshot, const std::string& like) {
  if (like != no_snapshot && store_.has(like)) complete_.skip(store_.get(like));
  complete_.walk(snapshot);
}

void Receiver::take_failed(ByteView body) {
  ByteReader in(body, sender_.peer());
  Failed failed{read_id(in), {}};
  failed.problem = in.text16();
  report_.failed.push_back(std::move(failed));
}

void Receiver::take_end(ByteView body) {
  ByteReader in(body, sender_.peer());
  for (auto* count :
       {&report_.snapshots, &report_.there, &report_.chunks, &report_.sent_bytes, &report_.skipped_bytes}) {
    *count = in.integer<std::uint64_t>();
  }
  ended_ = true;
  sender_.send(Type::done);
}

}  // namespace deskloom::snapshot::transfer
