#pragma once

#include <atomic>
#include <memory>
#include <thread>

namespace deskloom::fleet {

// The thread that runs libvirt's event loop, there while any connection needs it: it feeds keep-alives,
// streams, and the embedded driver, whose monitors and agents live in this process.
class EventLoop {
 public:
  // The process's one loop. To be called before a connection is opened, and kept until after it is closed.
  static std::shared_ptr<EventLoop> acquire();
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

 private:
  void run();

  std::atomic<bool> stopping_ = false;
  int wake_timer_;
  std::thread thread_;
};

}  // namespace deskloom::fleet
