#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "guest/client.hpp"
#include "guest/codec.hpp"
#include "guest/connection.hpp"
#include "guest/list_check.hpp"

namespace deskloom::guest {
namespace {

// One file of a read reply: the bytes that were promised, no more and no less.
class Content {
 public:
  Content(std::uint64_t size, const ReadHandler& handler) : left_(size), handler_(handler) {}

  void data(const std::string& payload) {
    if (payload.empty() || payload.size() > data_frame_bytes)
      broken("a piece of a file is empty or too large");
    take(payload.size());
    handler_.on_data(std::as_bytes(std::span(payload)));
  }

  void hole(const std::string& payload) {
    Decoder in(payload);
    std::uint64_t size = in.number();
    in.end();
    if (size == 0) broken("a hole is empty");
    take(size);
    static const std::array<std::byte, data_frame_bytes> zeros{};
    for (std::uint64_t part = 0; size > 0; size -= part) {
      part = std::min<std::uint64_t>(size, zeros.size());
      handler_.on_data(std::span(zeros).first(part));
    }
  }

  void end() const {
    if (left_ != 0) broken("a file ends before its size");
  }

 private:
  void take(std::uint64_t size) {
    if (size > left_) broken("a file goes on past its size");
    left_ -= size;
  }

  std::uint64_t left_;
  const ReadHandler& handler_;
};

void check_index(std::uint64_t got, std::uint64_t wanted) {
  if (got != wanted) broken("a file came that was not due");
}

void failed(const Message& message, std::uint64_t index, const ReadHandler& handler) {
  Decoder in(message.payload);
  check_index(in.number(), index);
  const auto reason = in.string();
  in.end();
  handler.on_failed(index, reason);
}

void ended(const Message& message, std::uint64_t index, std::uint64_t size, const ReadHandler& handler) {
  Decoder in(message.payload);
  check_index(in.number(), index);
  GuestNode after;
  after.type = 'f';
  after.size = in.number();
  after.mtime_ns = in.signed_number();
  after.ctime_ns = in.signed_number();
  in.end();
  if (after.size != size) broken("a file ends with another size than it began with");
  handler.on_end(index, after);
}

std::vector<bool> wanted_bits(const std::string& payload, const std::vector<GuestNode>& nodes) {
  if (payload.size() != (nodes.size() + 7) / 8) broken("the wanted contents do not match the nodes");
  std::vector<bool> wanted(nodes.size());
  for (std::size_t i = 0; i < payload.size() * 8; ++i) {
    const bool set = (static_cast<unsigned>(payload[i / 8]) >> (i % 8) & 1U) != 0;
    if (set && (i >= nodes.size() || nodes[i].type != 'f')) broken("content is wanted of what is no file");
    if (set) wanted[i] = true;
  }
  return wanted;
}

}  // namespace

std::vector<GuestNode> Client::list(const TreeRequest& request,
                                    std::vector<std::pair<std::string, std::string>>& skipped) {
  Encoder out;
  put(out, request);
  connection_->readable.clear();
  connection_->request(MessageType::list, out);
  std::vector<GuestNode> nodes;
  ListCheck check(connection_->limits());
  const auto limit = connection_->limits().max_report_bytes;
  auto message = connection_->reply(limit);
  for (; message.type == MessageType::nodes; message = connection_->reply(limit)) {
    get_nodes(message.payload, [&](GuestNode&& node) {
      check.add(node);
      nodes.push_back(std::move(node));
    });
  }
  if (message.type != MessageType::skipped) broken("a list does not end with what was skipped");
  Decoder in(message.payload);
  skipped = get_pairs(in);
  in.end();
  connection_->reply_of(MessageType::done);
  for (const auto& node : nodes) connection_->readable.push_back(node.type == 'f');
  return nodes;
}

void Client::read(const std::vector<std::uint64_t>& wanted, const ReadHandler& handler) {
  Encoder out;
  out.number(wanted.size());
  for (const auto index : wanted) {
    if (index >= connection_->readable.size() || !connection_->readable[index]) {
      throw base::Error(base::ErrorKind::usage,
                        "node " + std::to_string(index) + " is no file of the last list");
    }
    out.number(index);
  }
  connection_->request(MessageType::read, out);
  std::uint64_t budget = connection_->limits().max_bytes;
  for (const auto index : wanted) read_one(index, budget, handler);
  connection_->reply_of(MessageType::done);
}

void Client::read_one(std::uint64_t index, std::uint64_t& budget, const ReadHandler& handler) {
  auto message = connection_->reply();
  if (message.type == MessageType::file_failed) return failed(message, index, handler);
  if (message.type != MessageType::file_begin) broken("a file does not begin");
  Decoder in(message.payload);
  check_index(in.number(), index);
  const std::uint64_t size = in.number();
  in.end();
  if (size > budget) {
    broken("the files are larger than " + std::to_string(connection_->limits().max_bytes) +
           " bytes together");
  }
  budget -= size;
  handler.on_begin(index);
  Content content(size, handler);
  for (;;) {
    message = connection_->reply();
    if (message.type == MessageType::data) {
      content.data(message.payload);
    } else if (message.type == MessageType::hole) {
      content.hole(message.payload);
    } else if (message.type == MessageType::file_failed) {
      return failed(message, index, handler);
    } else if (message.type == MessageType::file_end) {
      content.end();
      return ended(message, index, size, handler);
    } else {
      broken("something other than a file's content came");
    }
  }
}

std::vector<bool> Client::begin_apply(const TreeRequest& request, const std::vector<GuestNode>& nodes,
                                      bool remove_others) {
  Encoder out;
  put(out, request);
  out.boolean(remove_others);
  connection_->request(MessageType::begin_apply, out);
  NodeSender sender(connection_->stream());
  for (const auto& node : nodes) sender.add(node);
  sender.flush();
  connection_->send(MessageType::done);
  return wanted_bits(connection_->reply_of(MessageType::wanted).payload, nodes);
}

void Client::put_node(std::uint64_t index) {
  connection_->send(MessageType::put_node, Encoder().number(index).bytes());
}

void Client::put_data(std::span<const std::byte> bytes) {
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), data_frame_bytes))) {
    const auto part = bytes.first(std::min(bytes.size(), data_frame_bytes));
    connection_->send(MessageType::put_data, {reinterpret_cast<const char*>(part.data()), part.size()});
  }
}

void Client::put_hole(std::uint64_t size) {
  if (size > 0) connection_->send(MessageType::put_hole, Encoder().number(size).bytes());
}

void Client::end_node() { connection_->send(MessageType::end_node); }

std::vector<std::pair<std::string, std::string>> Client::finish_apply() {
  connection_->request(MessageType::finish_apply);
  const auto message = connection_->reply_of(MessageType::failures, connection_->limits().max_report_bytes);
  Decoder in(message.payload);
  auto failures = get_pairs(in);
  in.end();
  return failures;
}

}  // namespace deskloom::guest
