#include "fleet/libvirt/pause_watch.hpp"

#include <libvirt/libvirt-qemu.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string_view>

#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

constexpr auto event_timeout = std::chrono::seconds(2);

}  // namespace

// Shared with the event loop, which may still be calling back when the watch goes.
class PauseWatch::Times {
 public:
  void take(std::string_view event, double at_ms) {
    const std::lock_guard lock(mutex_);
    if (event == "STOP" && !stopped_) stopped_ = at_ms;
    if (event == "STOP") resumed_.reset();
    if (event == "RESUME" && stopped_) resumed_ = at_ms;
    changed_.notify_all();
  }
  double paused_ms() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, event_timeout, [this] { return resumed_.has_value(); });
    return resumed_ ? *resumed_ - *stopped_ : 0;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<double> stopped_;
  std::optional<double> resumed_;
};

PauseWatch::PauseWatch(std::shared_ptr<Connection> connection, virDomainPtr domain)
    : connection_(std::move(connection)), times_(std::make_shared<Times>()) {
  const auto on_event = [](virConnectPtr, virDomainPtr, const char* event, long long seconds,
                           unsigned int micros, const char*, void* opaque) {
    (*static_cast<std::shared_ptr<Times>*>(opaque))->take(event, double(seconds) * 1e3 + micros / 1e3);
  };
  const auto release = [](void* opaque) { delete static_cast<std::shared_ptr<Times>*>(opaque); };
  auto reference = std::make_unique<std::shared_ptr<Times>>(times_);
  callback_ = virConnectDomainQemuMonitorEventRegister(connection_->get(), domain, nullptr, on_event,
                                                       reference.get(), release, 0);
  if (callback_ < 0) throw last_libvirt_error("cannot watch a domain's events");
  static_cast<void>(reference.release());  // the event loop's now
}

PauseWatch::~PauseWatch() { virConnectDomainQemuMonitorEventDeregister(connection_->get(), callback_); }

double PauseWatch::paused_ms() const { return times_->paused_ms(); }

}  // namespace deskloom::fleet
