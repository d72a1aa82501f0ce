#include "transfer_peers.hpp"

#include <signal.h>

#include <algorithm>

namespace deskloom::test {

using namespace snapshot::transfer;

std::size_t CutChannel::read(std::span<std::byte> buffer) {
  if (left_ == 0) return 0;
  const std::size_t n = channel_.read(buffer.first(std::min<std::uint64_t>(left_, buffer.size())));
  left_ -= n;
  passed_ += n;
  return n;
}

void CutChannel::write(std::span<const std::byte> bytes) {
  const auto part = bytes.first(std::min<std::uint64_t>(left_, bytes.size()));
  channel_.write(part);
  left_ -= part.size();
  passed_ += part.size();
  if (part.size() < bytes.size()) throw base::Error(base::ErrorKind::failed, "cut");
}

Served::Served(const std::filesystem::path& store, const ServeOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);  // as deskloom does
  auto [client, server] = base::channel_pair("the other end");
  client_ = std::move(client);
  thread_ = std::thread([this, store, options, channel = std::move(server)] {
    try {
      serve(store, *channel, options);
    } catch (const base::Error& error) {
      error_ = error.what();
    }
  });
}

void Served::hang_up() {
  client_.reset();
  if (thread_.joinable()) thread_.join();
}

namespace {

using Work = std::function<Report(Peer&)>;

Transfer talk(const std::filesystem::path& other, std::uint64_t cut_after, const Work& work) {
  Served served(other);
  CutChannel channel(served.channel(), cut_after);
  Transfer transfer;
  try {
    Peer peer(channel, "the other store");
    transfer.report = work(peer);
  } catch (const base::Error& error) {
    transfer.error = error.what();
  }
  transfer.passed_bytes = channel.passed();
  return transfer;
}

std::vector<std::string> ids_of(const std::vector<Listed>& list) {
  std::vector<std::string> ids;
  for (const Listed& one : list) ids.push_back(one.id);
  return ids;
}

}  // namespace

Transfer push_all(const std::filesystem::path& from, const std::filesystem::path& to,
                  std::uint64_t cut_after) {
  base::NoProgress progress;
  return talk(to, cut_after, [&](Peer& peer) {
    return peer.push(snapshot::open_root(from), snapshot::Store::open(from)->list(), false, progress);
  });
}

Transfer pull_all(const std::filesystem::path& from, const std::filesystem::path& to,
                  std::uint64_t cut_after) {
  base::NoProgress progress;
  return talk(from, cut_after, [&](Peer& peer) {
    return peer.pull(snapshot::open_root(to), ids_of(peer.list("")), false, progress);
  });
}

}  // namespace deskloom::test
