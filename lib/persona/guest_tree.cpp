#include "persona/guest_tree.hpp"

#include "base/error.hpp"

namespace deskloom::persona {
namespace {

using snapshot::NodeType;

struct TypeLetter {
  NodeType type;
  char letter;
};

constexpr TypeLetter type_letters[] = {{NodeType::directory, 'd'},  {NodeType::file, 'f'},
                                       {NodeType::symlink, 'l'},    {NodeType::fifo, 'p'},
                                       {NodeType::socket, 's'},     {NodeType::block_device, 'b'},
                                       {NodeType::char_device, 'c'}};

NodeType type_of(std::uint8_t letter) {
  for (const auto& entry : type_letters) {
    if (static_cast<std::uint8_t>(entry.letter) == letter) return entry.type;
  }
  throw base::Error(base::ErrorKind::guest,
                    "the guest sent a file of unknown type " + std::to_string(letter));
}

std::uint8_t letter_of(NodeType type) {
  for (const auto& entry : type_letters) {
    if (entry.type == type) return static_cast<std::uint8_t>(entry.letter);
  }
  return 0;
}

// The store and the protocol may not know each other's node; but for the type they are alike.
template <typename From, typename To>
void copy_all_but_type(const From& from, To& to) {
  to.path = from.path;
  to.mode = from.mode;
  to.uid = from.uid;
  to.gid = from.gid;
  to.size = from.size;
  to.mtime_ns = from.mtime_ns;
  to.ctime_ns = from.ctime_ns;
  to.inode = from.inode;
  to.link_group = from.link_group;
  to.device = from.device;
  to.target = from.target;
  to.xattrs = from.xattrs;
}

}  // namespace

snapshot::Node to_node(const guest::GuestNode& node) {
  snapshot::Node result;
  copy_all_but_type(node, result);
  result.type = type_of(node.type);
  return result;
}

guest::GuestNode to_guest_node(const snapshot::Node& node) {
  guest::GuestNode result;
  copy_all_but_type(node, result);
  result.type = letter_of(node.type);
  return result;
}

std::vector<snapshot::Node> GuestTreeSource::list(std::vector<snapshot::Skipped>& skipped) {
  std::vector<std::pair<std::string, std::string>> left_out;
  const auto listed = client_.list(request_, left_out);
  for (auto& [path, reason] : left_out) skipped.push_back({path, reason});
  nodes_.clear();
  nodes_.reserve(listed.size());
  for (const auto& node : listed) nodes_.push_back(to_node(node));
  return nodes_;
}

void GuestTreeSource::read(const std::vector<snapshot::Node>& nodes, const std::vector<std::size_t>& wanted,
                           const Receiver& receiver) {
  std::uint64_t total = 0;
  for (const auto index : wanted) total += nodes.at(index).size;
  progress_.begin("reading files", total);
  guest::ReadHandler handler;
  handler.on_begin = [&](std::uint64_t index) { receiver.on_begin(index); };
  handler.on_data = [&](std::span<const std::byte> bytes) {
    receiver.on_data(bytes);
    progress_.advance(bytes.size());
  };
  handler.on_end = [&](std::uint64_t index, const guest::GuestNode& after) {
    snapshot::Node node = nodes.at(index);
    node.size = after.size;
    node.mtime_ns = after.mtime_ns;
    node.ctime_ns = after.ctime_ns;
    receiver.on_end(index, node);
  };
  handler.on_failed = [&](std::uint64_t index, const std::string& reason) {
    receiver.on_failed(index, reason);
  };
  client_.read(std::vector<std::uint64_t>(wanted.begin(), wanted.end()), handler);
  progress_.end();
}

std::vector<bool> GuestTreeSink::begin(const std::vector<snapshot::Node>& nodes) {
  std::vector<guest::GuestNode> announced;
  announced.reserve(nodes.size());
  for (const auto& node : nodes) announced.push_back(to_guest_node(node));
  return client_.begin_apply(request_, announced, true);
}

// The guest makes what needs no content by itself, from the announcement.
void GuestTreeSink::file(std::size_t index, snapshot::ContentSender& content, unsigned) {
  client_.put_node(index);
  ++files_written_;
  content.send([&](std::span<const std::byte> bytes) { client_.put_data(bytes); },
               [&](std::uint64_t size) { client_.put_hole(size); });
  client_.end_node();
}

void GuestTreeSink::finish() {
  for (auto& [path, reason] : client_.finish_apply()) failures_.push_back({path, reason});
}

}  // namespace deskloom::persona
