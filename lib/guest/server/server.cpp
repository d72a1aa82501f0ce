#include "guest/server/server.hpp"

#include <signal.h>
#include <sys/wait.h>

#include "base/error.hpp"
#include "guest/codec.hpp"
#include "guest/server/session.hpp"

namespace deskloom::guest {
namespace {

// Launched programs that have ended meanwhile.
void reap() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

// A broken protocol ends the conversation; any other failure is that request's only.
void answer(Session& session, MessageStream& stream, const Message& request) {
  try {
    session.answer(request);
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::guest) throw;
    stream.send(MessageType::error,
                Encoder().number(error_code(error.kind())).string(error.what()).string(error.hint()));
  }
}

}  // namespace

void serve(base::Channel& channel, const std::string& nonce, const Config& config) {
  ::signal(SIGPIPE, SIG_IGN);  // a host that has gone is an error of the write
  MessageStream stream(channel);
  stream.send_mark(guest_mark, nonce);
  stream.expect_mark(host_mark, nonce);
  stream.send(MessageType::hello, Encoder().number(protocol_version).string(config.version));
  Session session(stream, config);
  Message request;
  while (stream.receive(request, max_request_bytes) && request.type != MessageType::bye) {
    answer(session, stream, request);
    reap();
  }
}

}  // namespace deskloom::guest
