#include "guest/server/session.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "guest/codec.hpp"
#include "guest/server/child.hpp"
#include "guest/server/launch.hpp"
#include "guest/server/proc.hpp"
#include "guest/server/processes.hpp"
#include "guest/server/rights.hpp"
#include "guest/server/settings.hpp"
#include "guest/server/surroundings.hpp"
#include "guest/server/tree_read.hpp"
#include "guest/server/tree_walk.hpp"

namespace deskloom::guest {
namespace {

constexpr std::size_t run_output_bytes = 64 << 10;

std::string in_home(const Identity& identity, UserReport& report) {
  const AsUser rights(identity);
  const auto& home = identity.account.home;
  report.xdg_directories = xdg_directories(read_user_dirs(home), home);
  report.sync_folders = sync_folders(home);
  return home;
}

std::string bitmap(const std::vector<bool>& bits) {
  std::string bytes((bits.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i]) bytes[i / 8] = static_cast<char>(bytes[i / 8] | 1 << (i % 8));
  }
  return bytes;
}

Encoder pairs(const Pairs& values) {
  Encoder out;
  put(out, values);
  return out;
}

}  // namespace

void Session::answer(const Message& request) {
  const Decoder in(request.payload);
  switch (request.type) {
    case MessageType::report:
      return report(in);
    case MessageType::list:
      return list(in);
    case MessageType::read:
      return read(in);
    case MessageType::begin_apply:
      return apply(in);
    case MessageType::apply_settings:
      return apply_settings(in);
    case MessageType::launch:
      return launch(in);
    case MessageType::run:
      return run(in);
    case MessageType::sync:
      return sync(in);
    default:
      broken("a message of type " + std::to_string(static_cast<int>(request.type)) + " is no request");
  }
}

void Session::report(Decoder in) {
  const auto user = in.string();
  const auto dconf_directories = get_strings(in);
  const auto environment_names = get_strings(in);
  in.end();
  const auto identity = find_identity(config_, user);
  UserReport report;
  report.account = identity.account;
  report.processes = user_processes(config_, identity, environment_names, report.notes);
  report.mounts = user_mounts(read_proc("/proc/mounts", 4 << 20), in_home(identity, report));
  report.settings = read_settings(config_, identity, dconf_directories, report.notes);
  report.memory_total_bytes = memory_total_bytes();
  report.cpu_count = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  report.clock_ns = base::to_ns(base::SystemClock().now());
  Encoder out;
  put(out, report);
  stream_.send(MessageType::report, out);
}

void Session::list(Decoder in) {
  const auto request = get_tree_request(in);
  in.end();
  listed_.clear();
  listed_for_ = find_identity(config_, request.user);
  const AsUser rights(*listed_for_);
  const Selection selection(request);
  Home home(listed_for_->account.home);
  Notes skipped;
  NodeSender sender(stream_);
  const auto on_node = [&](const GuestNode& node) {
    listed_.push_back({node.type == 'f' ? node.path : "", node.inode});
    sender.add(node);
  };
  TreeWalk(home, selection, on_node, skipped).run();
  sender.flush();
  stream_.send(MessageType::skipped, pairs(skipped.all()));
  stream_.send(MessageType::done);
}

void Session::read(Decoder in) {
  std::vector<std::uint64_t> wanted(in.count(listed_.size()));
  for (auto& index : wanted) {
    index = in.number();
    if (index >= listed_.size() || listed_[index].path.empty())
      broken("a read of what is no file of the list");
  }
  in.end();
  if (!listed_for_) broken("a read before a list");
  const AsUser rights(*listed_for_);
  Home home(listed_for_->account.home);
  for (const auto index : wanted) send_file(stream_, home, index, listed_[index].path, listed_[index].inode);
  stream_.send(MessageType::done);
}

std::vector<GuestNode> Session::receive_nodes() {
  std::vector<GuestNode> nodes;
  Message message;
  while (stream_.receive(message, max_request_bytes) && message.type == MessageType::nodes) {
    get_nodes(message.payload, [&](GuestNode&& node) { nodes.push_back(std::move(node)); });
  }
  if (message.type != MessageType::done) broken("the nodes to apply do not end");
  return nodes;
}

void Session::apply(Decoder in) {
  const auto request = get_tree_request(in);
  const bool remove_others = in.boolean();
  in.end();
  auto nodes = receive_nodes();  // first: an error reply must not leave them in the channel
  const auto identity = find_identity(config_, request.user);
  const AsUser rights(identity);
  const Selection selection(request);
  Home home(identity.account.home);
  Apply apply(home, identity, selection, std::move(nodes), remove_others);
  stream_.send(MessageType::wanted, bitmap(apply.prepare()));
  apply_contents(apply);
  stream_.send(MessageType::failures, pairs(apply.finish()));
}

void Session::apply_contents(Apply& apply) {
  Message message;
  while (stream_.receive(message, max_request_bytes)) {
    Decoder in(message.payload);
    switch (message.type) {
      case MessageType::put_node:
        apply.begin_file(in.number());
        in.end();
        break;
      case MessageType::put_data:
        apply.data(message.payload);
        break;
      case MessageType::put_hole:
        apply.hole(in.number());
        in.end();
        break;
      case MessageType::end_node:
        apply.end_file();
        break;
      case MessageType::finish_apply:
        return in.end();
      default:
        broken("something other than contents came while they were applied");
    }
  }
  broken("it closed while contents were applied");
}

void Session::apply_settings(Decoder in) {
  const auto user = in.string();
  const auto settings = get_settings(in);
  in.end();
  const auto identity = find_identity(config_, user);
  Notes failures;
  for (const auto& [key, reason] : write_settings(config_, identity, settings)) failures.add(key, reason);
  stream_.send(MessageType::failures, pairs(failures.all()));
}

void Session::launch(Decoder in) {
  const auto launch = get_launch(in);
  in.end();
  if (launch.argv.empty() || launch.argv.front().empty()) {
    throw base::Error(base::ErrorKind::usage, "there is no program to launch");
  }
  const auto identity = find_identity(config_, launch.user);
  Encoder out;
  put(out, launch_program(config_, identity, launch));
  stream_.send(MessageType::launch_result, out);
}

void Session::run(Decoder in) {
  const auto user = in.string();
  Child child;
  child.argv = get_strings(in);
  child.timeout = std::chrono::milliseconds(in.number32());
  in.end();
  if (child.argv.empty()) throw base::Error(base::ErrorKind::usage, "there is no command to run");
  std::optional<Identity> identity;
  if (!user.empty()) identity = find_identity(config_, user);
  child.user = identity ? &*identity : nullptr;
  child.environment = identity ? login_environment(config_, *identity)
                               : std::vector<std::string>{"PATH=" + config_.path, "HOME=/root",
                                                          "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"};
  child.program = find_program(config_, child.argv.front());
  if (child.program.empty()) {
    throw base::Error(base::ErrorKind::not_found,
                      "there is no program " + child.argv.front() + " on the path");
  }
  if (identity) child.cwd = usable_directory(*identity, {});
  child.output_limit_bytes = run_output_bytes;
  const auto result = run_child(child);
  stream_.send(MessageType::run_result,
               Encoder().number(static_cast<std::uint64_t>(result.exit_code)).string(result.output));
}

void Session::sync(Decoder in) {
  in.end();
  ::sync();
  stream_.send(MessageType::done);
}

}  // namespace deskloom::guest
