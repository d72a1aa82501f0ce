#include "fuzz/fixed_channel.hpp"
#include "guest/codec.hpp"
#include "guest/list_check.hpp"
#include "guest/wire.hpp"

namespace deskloom::test {
namespace {

using namespace guest;
using base::ErrorKind;

template <typename Get>
bool decodes(Input input, const Get& get) {
  return accepts({ErrorKind::guest}, [&] {
    Decoder in(text_of(input));
    get(in);
    in.end();
  });
}

bool run_stream(Input input) {
  return accepts({ErrorKind::guest}, [&] {
    FixedChannel channel(input);
    MessageStream stream(channel);
    Message message;
    while (stream.receive(message, 1 << 20)) {
    }
  });
}

std::vector<std::string> stream_seeds() {
  FixedChannel channel({});
  MessageStream stream(channel, 16);
  stream.send(MessageType::hello, Encoder().number(protocol_version).string("deskloom-guest"));
  stream.send(MessageType::done);
  return {channel.told};
}

GuestNode some_node(const std::string& path, char type) {
  GuestNode node;
  node.path = path;
  node.type = static_cast<std::uint8_t>(type);
  node.mode = 0700;
  if (type == 'f') node.size = 100, node.xattrs = {{"user.note", "value"}};
  if (type == 'l') node.target = "elsewhere";
  return node;
}

// As the host takes a list: the message, then node by node.
bool run_nodes(Input input) {
  return accepts({ErrorKind::guest}, [&] {
    ListCheck check(Limits{});
    get_nodes(std::string(text_of(input)), [&](GuestNode&& node) { check.add(node); });
  });
}

std::vector<std::string> node_seeds() {
  FixedChannel channel({});
  MessageStream stream(channel);
  NodeSender sender(stream);
  for (const auto& [path, type] :
       {std::pair("", 'd'), std::pair("a", 'd'), std::pair("a/f", 'f'), std::pair("l", 'l')})
    sender.add(some_node(path, type));
  sender.flush();
  return {channel.told.substr(5)};  // without the frame's header
}

bool run_report(Input input) {
  return decodes(input, [](Decoder& in) { get_report(in, 1000); });
}

std::vector<std::string> report_seeds() {
  Encoder out;
  UserReport report;
  put(out, report);
  return {out.bytes()};
}

bool run_tree_request(Input input) {
  return decodes(input, [](Decoder& in) { get_tree_request(in); });
}

std::vector<std::string> tree_request_seeds() {
  Encoder out;
  put(out, TreeRequest{"anna", {"Documents"}, {"*.tmp", "!keep.tmp"}});
  return {out.bytes()};
}

bool run_launch(Input input) {
  return decodes(input, [](Decoder& in) { get_launch(in); });
}

std::vector<std::string> launch_seeds() {
  Encoder out;
  put(out,
      Launch{
          "anna", {"/usr/bin/editor", "notes"}, "/home/anna", {{"LANG", "C"}}, {"/home/anna/notes"}, 5000});
  return {out.bytes()};
}

}  // namespace

std::vector<FuzzTarget> guest_targets() {
  return {{"guest-stream", run_stream, stream_seeds},
          {"guest-nodes", run_nodes, node_seeds},
          {"guest-report", run_report, report_seeds},
          {"guest-tree-request", run_tree_request, tree_request_seeds},
          {"guest-launch", run_launch, launch_seeds}};
}

}  // namespace deskloom::test
