#include "fleet/libvirt/stream_channel.hpp"

#include <condition_variable>
#include <mutex>

#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

constexpr int would_block = -2;  // of virStreamRecv and virStreamSend

base::Error stream_error(const std::string& name, const char* action) {
  const auto error = last_libvirt_error(std::string("cannot ") + action + " " + name);
  const bool host = error.kind() == base::ErrorKind::host_unreachable;
  return {host ? error.kind() : base::ErrorKind::guest, error.what(), error.hint()};
}

}  // namespace

// What the event loop's thread tells ours. The loop keeps its own reference: it may still be calling back
// when the channel goes.
struct StreamChannel::Wakeup {
  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;

  // Events are level-triggered: they are switched off until the next wait, or the loop would spin.
  static void on_event(virStreamPtr stream, int, void* opaque) {
    virStreamEventUpdateCallback(stream, 0);
    auto& wakeup = **static_cast<std::shared_ptr<Wakeup>*>(opaque);
    const std::lock_guard lock(wakeup.mutex);
    wakeup.ready = true;
    wakeup.changed.notify_one();
  }
  static void release(void* opaque) { delete static_cast<std::shared_ptr<Wakeup>*>(opaque); }
};

StreamChannel::StreamChannel(std::shared_ptr<Connection> connection, StreamHandle stream, std::string name,
                             std::chrono::milliseconds timeout)
    : connection_(std::move(connection)),
      stream_(std::move(stream)),
      name_(std::move(name)),
      timeout_(timeout),
      wakeup_(std::make_shared<Wakeup>()) {
  auto reference = std::make_unique<std::shared_ptr<Wakeup>>(wakeup_);
  if (virStreamEventAddCallback(stream_.get(), 0, Wakeup::on_event, reference.get(), Wakeup::release) < 0) {
    virStreamAbort(stream_.get());
    throw stream_error(name_, "watch");
  }
  static_cast<void>(reference.release());  // the event loop's now
}

StreamChannel::~StreamChannel() {
  virStreamEventRemoveCallback(stream_.get());
  virStreamAbort(stream_.get());
}

void StreamChannel::wait(int event, Deadline deadline, const char* action) {
  {
    const std::lock_guard lock(wakeup_->mutex);
    wakeup_->ready = false;
  }
  const int events = event | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP;
  if (virStreamEventUpdateCallback(stream_.get(), events) < 0) throw stream_error(name_, action);
  std::unique_lock lock(wakeup_->mutex);
  if (wakeup_->changed.wait_until(lock, deadline, [&] { return wakeup_->ready; })) return;
  throw base::Error(base::ErrorKind::guest,
                    std::string("cannot ") + action + " " + name_ + ": nothing moved for " +
                        std::to_string(timeout_.count()) + " ms",
                    "the guest hangs or its helper ended; see the instance's serial.log");
}

std::size_t StreamChannel::read(std::span<std::byte> buffer) {
  const auto until = deadline();
  for (;;) {
    const int count = virStreamRecv(stream_.get(), reinterpret_cast<char*>(buffer.data()), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (count != would_block) throw stream_error(name_, "read");
    wait(VIR_STREAM_EVENT_READABLE, until, "read");
  }
}

void StreamChannel::write(std::span<const std::byte> bytes) {
  const auto until = deadline();
  while (!bytes.empty()) {
    const int count = virStreamSend(stream_.get(), reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (count == would_block) {
      wait(VIR_STREAM_EVENT_WRITABLE, until, "write");
    } else {
      throw stream_error(name_, "write");
    }
  }
}

}  // namespace deskloom::fleet
