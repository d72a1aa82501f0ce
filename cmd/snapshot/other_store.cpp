#include "snapshot/other_store.hpp"

#include <algorithm>
#include <filesystem>

#include "base/child_channel.hpp"
#include "base/error.hpp"
#include "base/fd_channel.hpp"
#include "base/text.hpp"
#include "frame/interrupt.hpp"

namespace deskloom::cmd {
namespace {

using base::ErrorKind;

constexpr std::string_view ssh_scheme = "ssh://";

[[noreturn]] void refuse(const std::string& text, const std::string& problem) {
  throw base::Error(ErrorKind::usage, "'" + base::printable(text) + "' " + problem,
                    "give a path, or ssh://[user@]host[:port]/path");
}

// Nothing that ssh could take for an option, nor a shell for anything.
bool is_host(const std::string& text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@._-:%").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.front() != '-' && std::ranges::all_of(text, is_plain);
}

bool is_port(const std::string& text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Takes ":22" off the end, and the brackets off "[::1]".
void split_port(std::string& host, StoreAddress& address) {
  const std::size_t bracket = host.find(']');
  const std::size_t colon = host.find(':', bracket == std::string::npos ? 0 : bracket);
  if (colon != std::string::npos) {
    address.port = host.substr(colon + 1);
    if (!is_port(*address.port)) refuse(address.text, "has no port after ':'");
    host.resize(colon);
  }
  std::erase_if(host, [](char c) { return c == '[' || c == ']'; });
}

std::string quoted_for_shell(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

StoreAddress parse_store_address(const std::string& text) {
  StoreAddress address{text, {}, {}, {}};
  if (text.empty()) refuse(text, "names no store");
  if (!text.starts_with(ssh_scheme)) {
    if (text.find("://") != std::string::npos) refuse(text, "is of a kind that deskloom does not know");
    address.path = std::filesystem::absolute(text).lexically_normal();
    return address;
  }
  const std::string rest = text.substr(ssh_scheme.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string::npos || slash + 1 == rest.size()) refuse(text, "names no directory on the host");
  address.path = rest.substr(slash);
  std::string host = rest.substr(0, slash);
  split_port(host, address);
  if (!is_host(host)) refuse(text, "names no host that ssh could take");
  address.host = host;
  return address;
}

std::vector<std::string> serve_command(const StoreAddress& address, std::vector<std::string> ssh) {
  if (address.port) ssh.insert(ssh.end(), {"-p", *address.port});
  ssh.insert(ssh.end(),
             {address.host.value(), "deskloom store serve --store " + quoted_for_shell(address.path)});
  return ssh;
}

OtherStore::OtherStore(frame::Context& context, const StoreAddress& address,
                       std::optional<std::uint64_t> rate_limit) {
  if (address.host) {
    channel_ = std::make_unique<base::ChildChannel>(serve_command(address, context.policy().ssh_command));
  } else {
    auto [ours, theirs] = base::channel_pair(address.text);
    channel_ = std::move(ours);
    const snapshot::transfer::ServeOptions options{false, {}, context.snapshot_root().seal};
    server_ = std::thread([path = address.path, options, channel = std::move(theirs)] {
      try {
        snapshot::transfer::serve(path, *channel, options);
      } catch (const std::exception&) {
        // Told to the other end, which is ours.
      }
    });
  }
  try {
    base::Channel* channel = channel_.get();
    if (rate_limit) {
      limit_ = std::make_unique<base::RateLimit>(
          *rate_limit, context.clock(),
          [](std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); });
      limited_ = std::make_unique<base::LimitedChannel>(*channel, *limit_);
      channel = limited_.get();
    }
    peer_ = std::make_unique<snapshot::transfer::Peer>(*channel, address.text, frame::stop_if_interrupted);
  } catch (...) {
    hang_up();
    throw;
  }
}

OtherStore::~OtherStore() { hang_up(); }

void OtherStore::hang_up() {
  channel_.reset();
  if (server_.joinable()) server_.join();
}

}  // namespace deskloom::cmd
