#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace deskloom::base {

// Where libraries say how far they are. The frame draws it on a terminal; elsewhere nothing is shown.
class Progress {
 public:
  virtual ~Progress() = default;
  // A new phase; total_bytes 0 when unknown.
  virtual void begin(const std::string& label, std::uint64_t total_bytes) = 0;
  virtual void advance(std::uint64_t bytes) = 0;
  virtual void end() = 0;
};

class NoProgress : public Progress {
 public:
  void begin(const std::string&, std::uint64_t) override {}
  void advance(std::uint64_t) override {}
  void end() override {}
};

// For work on several threads: advance() may be called on any of them.
class LockedProgress : public Progress {
 public:
  explicit LockedProgress(Progress& progress) : progress_(progress) {}
  void begin(const std::string& label, std::uint64_t total_bytes) override {
    progress_.begin(label, total_bytes);
  }
  void advance(std::uint64_t bytes) override {
    const std::lock_guard guard(mutex_);
    progress_.advance(bytes);
  }
  void end() override { progress_.end(); }

 private:
  Progress& progress_;
  std::mutex mutex_;
};

}  // namespace deskloom::base
