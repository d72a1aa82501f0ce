#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/clock.hpp"

namespace deskloom::base {

// The clock on the wall of a place, from the system's time zone database (IANA). Cheap to copy; safe for
// several threads.
class TimeZone {
 public:
  using LocalSeconds = std::chrono::local_seconds;

  // "Europe/Warsaw", "UTC". Throws Error(usage) with the nearest known name.
  explicit TimeZone(const std::string& name);
  // Of this machine (/etc/localtime); UTC when it has none.
  static TimeZone of_machine();

  const std::string& name() const { return name_; }
  LocalSeconds local(Timestamp t) const;
  // An hour that summer time skips counts as the moment of the change, and one that comes twice as its first.
  Timestamp utc(LocalSeconds t) const;

 private:
  struct Rules;
  TimeZone(std::string name, std::shared_ptr<const Rules> rules);

  std::string name_;
  std::shared_ptr<const Rules> rules_;
};

}  // namespace deskloom::base
