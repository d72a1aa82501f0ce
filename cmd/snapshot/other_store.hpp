#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/rate_limit.hpp"
#include "frame/context.hpp"
#include "snapshot/transfer/transfer.hpp"

namespace deskloom::cmd {

// "ssh://[user@]host[:port]/path" or a path.
struct StoreAddress {
  std::string text;
  std::optional<std::string> host;  // "user@host" as for ssh(1); absent: a directory of this machine
  std::optional<std::string> port;
  std::string path;  // absolute
};
// Throws Error(usage).
StoreAddress parse_store_address(const std::string& text);
// argv that serves the store of another host.
std::vector<std::string> serve_command(const StoreAddress& address, std::vector<std::string> ssh);

// Another store and what serves it: a thread for a directory of this machine, ssh(1) for one of another.
class OtherStore {
 public:
  // rate_limit: bytes per second, both ways together. The context must outlive it.
  OtherStore(frame::Context& context, const StoreAddress& address, std::optional<std::uint64_t> rate_limit);
  ~OtherStore();
  OtherStore(const OtherStore&) = delete;
  OtherStore& operator=(const OtherStore&) = delete;

  snapshot::transfer::Peer& peer() { return *peer_; }

 private:
  void hang_up();

  std::unique_ptr<base::Channel> channel_;
  std::thread server_;
  std::unique_ptr<base::RateLimit> limit_;
  std::unique_ptr<base::Channel> limited_;
  std::unique_ptr<snapshot::transfer::Peer> peer_;
};

}  // namespace deskloom::cmd
