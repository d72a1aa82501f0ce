#include "fleet/libvirt/event_loop.hpp"

#include <libvirt/libvirt.h>

#include <mutex>

#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

void register_once() {
  static const bool registered = virEventRegisterDefaultImpl() == 0;
  if (!registered) throw last_libvirt_error("cannot register libvirt's event loop");
}

// A timer that only ends the poll; it disarms itself.
int add_wake_timer() {
  const int timer = virEventAddTimeout(
      -1, [](int id, void*) { virEventUpdateTimeout(id, -1); }, nullptr, nullptr);
  if (timer < 0) throw last_libvirt_error("cannot add a timer to libvirt's event loop");
  return timer;
}

}  // namespace

std::shared_ptr<EventLoop> EventLoop::acquire() {
  static std::mutex mutex;
  static std::weak_ptr<EventLoop> current;
  const std::lock_guard lock(mutex);
  auto loop = current.lock();
  if (loop) return loop;
  register_once();
  loop = std::make_shared<EventLoop>();
  current = loop;
  return loop;
}

EventLoop::EventLoop() : wake_timer_(add_wake_timer()), thread_([this] { run(); }) {}

EventLoop::~EventLoop() {
  stopping_ = true;
  virEventUpdateTimeout(wake_timer_, 0);
  thread_.join();
  virEventRemoveTimeout(wake_timer_);
}

void EventLoop::run() {
  while (!stopping_) {
    if (virEventRunDefaultImpl() < 0) return;
  }
}

}  // namespace deskloom::fleet
