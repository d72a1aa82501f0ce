#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guest/server/account.hpp"
#include "guest/server/apply.hpp"
#include "guest/server/home.hpp"
#include "guest/wire.hpp"

namespace deskloom::guest {

// One conversation's requests. Each decodes its payload, does the work, sends the reply; what it throws
// becomes the error reply.
class Session {
 public:
  Session(MessageStream& stream, const Config& config) : stream_(stream), config_(config) {}

  void answer(const Message& request);

 private:
  void report(Decoder in);
  void list(Decoder in);
  void read(Decoder in);
  void apply(Decoder in);
  std::vector<GuestNode> receive_nodes();
  void apply_contents(Apply& apply);
  void apply_settings(Decoder in);
  void launch(Decoder in);
  void run(Decoder in);
  void sync(Decoder in);

  MessageStream& stream_;
  const Config& config_;
  struct Listed {
    std::string path;  // kept for files only
    std::uint64_t inode;
  };
  std::optional<Identity> listed_for_;  // whose home the last list was of
  std::vector<Listed> listed_;
};

}  // namespace deskloom::guest
