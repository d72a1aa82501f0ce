#pragma once

#include <cstdint>
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

}  // namespace deskloom::base
