#include "fleet/libvirt/stream_channel.hpp"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

constexpr std::size_t wire_piece_bytes = 64 << 10;
constexpr auto close_timeout = std::chrono::seconds(1);
constexpr int would_block = -2;  // of virStreamRecv and virStreamSend

base::Error stream_error(const std::string& name, const char* action) {
  const auto error = last_libvirt_error(std::string("cannot ") + action + " " + name);
  const bool host = error.kind() == base::ErrorKind::host_unreachable;
  return {host ? error.kind() : base::ErrorKind::guest, error.what(), error.hint()};
}

// The count of bytes taken, or would_block.
int send_now(virStreamPtr stream, std::span<const std::byte> bytes, const std::string& name) {
  const int count = virStreamSend(stream, reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (count < 0 && count != would_block) throw stream_error(name, "write");
  return count;
}

// Over a wire even a non-blocking stream's send and abort block, for ever, once libvirtd stops reading
// (libvirt 9.0: at five messages that the guest does not take; keep-alive does not end it). So these calls
// get a thread of their own, which is left behind when it hangs.
template <typename Call>
auto start_apart(Call call) {
  std::packaged_task<std::invoke_result_t<Call>()> task(std::move(call));
  auto result = task.get_future();
  std::thread(std::move(task)).detach();
  return result;
}

}  // namespace

// The stream and what other threads tell ours about it. Owned by the channel, by the event loop, which may
// still be calling back when the channel goes, and by a thread that is stuck in a send.
class StreamChannel::Stream {
 public:
  Stream(std::shared_ptr<Connection> connection, StreamHandle handle)
      : connection_(std::move(connection)), handle_(std::move(handle)) {}
  virStreamPtr get() const { return handle_.get(); }
  bool embedded() const { return connection_->embedded(); }

  void notify() {
    const std::lock_guard lock(mutex_);
    ready_ = true;
    changed_.notify_one();
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    ready_ = false;
  }
  bool wait_until(Deadline deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [&] { return ready_; });
  }

 private:
  std::shared_ptr<Connection> connection_;  // outlives handle_
  StreamHandle handle_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
};

// The event loop's share. It says when that is given up: the last to let go of a stream closes its
// connection, and ends the loop, which the loop's own thread cannot do.
struct StreamChannel::Watch {
  std::shared_ptr<Stream> stream;
  std::promise<void> ended;
};

StreamChannel::StreamChannel(std::shared_ptr<Connection> connection, StreamHandle stream, std::string name,
                             std::chrono::milliseconds timeout)
    : stream_(std::make_shared<Stream>(std::move(connection), std::move(stream))),
      name_(std::move(name)),
      timeout_(timeout) {
  // Events are level-triggered: they are switched off until the next wait, or the loop would spin.
  const auto on_event = [](virStreamPtr ready, int, void* opaque) {
    virStreamEventUpdateCallback(ready, 0);
    static_cast<Watch*>(opaque)->stream->notify();
  };
  const auto release = [](void* opaque) {
    const std::unique_ptr<Watch> watch(static_cast<Watch*>(opaque));
    watch->stream.reset();
    watch->ended.set_value();
  };
  auto watch = std::make_unique<Watch>();
  watch->stream = stream_;
  unwatched_ = watch->ended.get_future().share();
  if (virStreamEventAddCallback(stream_->get(), 0, on_event, watch.get(), release) < 0) {
    const auto error = stream_error(name_, "watch");
    virStreamAbort(stream_->get());
    throw error;
  }
  static_cast<void>(watch.release());  // the event loop's now
}

StreamChannel::~StreamChannel() {
  if (stuck_) return;  // any call would hang as the send does; the process's end closes it
  const auto close = [stream = stream_, unwatched = unwatched_] {
    virStreamEventRemoveCallback(stream->get());
    virStreamAbort(stream->get());
    unwatched.wait_for(close_timeout);
  };
  if (stream_->embedded()) {
    close();
  } else {
    start_apart(close).wait_for(close_timeout);
  }
}

base::Error StreamChannel::timed_out(const char* action) const {
  return {base::ErrorKind::guest,
          std::string("cannot ") + action + " " + name_ + ": nothing moved for " +
              std::to_string(timeout_.count()) + " ms",
          "the guest hangs or its helper ended; see the instance's serial.log"};
}

void StreamChannel::wait(int event, Deadline deadline, const char* action) {
  stream_->forget();
  const int events = event | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP;
  if (virStreamEventUpdateCallback(stream_->get(), events) < 0) throw stream_error(name_, action);
  if (!stream_->wait_until(deadline)) throw timed_out(action);
}

std::size_t StreamChannel::read(std::span<std::byte> buffer) {
  const auto until = deadline();
  for (;;) {
    const int count = virStreamRecv(stream_->get(), reinterpret_cast<char*>(buffer.data()), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (count != would_block) throw stream_error(name_, "read");
    wait(VIR_STREAM_EVENT_READABLE, until, "read");
  }
}

int StreamChannel::send(std::span<const std::byte> bytes, Deadline deadline) {
  if (stream_->embedded()) return send_now(stream_->get(), bytes, name_);
  const auto piece = bytes.first(std::min(bytes.size(), wire_piece_bytes));
  auto sent = start_apart([stream = stream_, name = name_, copy = std::vector(piece.begin(), piece.end())] {
    return send_now(stream->get(), copy, name);
  });
  stuck_ = sent.wait_until(deadline) != std::future_status::ready;
  if (stuck_) throw timed_out("write");
  return sent.get();
}

void StreamChannel::write(std::span<const std::byte> bytes) {
  const auto until = deadline();
  while (!bytes.empty()) {
    if (stuck_) throw timed_out("write");
    const int count = send(bytes, until);
    if (count == would_block) {
      wait(VIR_STREAM_EVENT_WRITABLE, until, "write");
    } else {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
}

}  // namespace deskloom::fleet
