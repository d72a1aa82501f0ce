#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/stream.hpp"
#include "ingest/ical/handles.hpp"

namespace deskloom::ingest::ical {

// Error(usage): "line N problem".
[[noreturn]] void fail_line(std::uint64_t line, const std::string& problem);

struct Event {
  icalcomponent* component = nullptr;
  icalcomponent* calendar = nullptr;  // that it stands in
  std::uint64_t line = 0;             // where it begins
};

// A file of calendars, taken apart.
class Document {
 public:
  // Throws Error(usage) that names the line.
  explicit Document(base::ByteSource& source);
  const std::vector<Event>& events() const { return events_; }

 private:
  void collect(icalcomponent* calendar, const std::vector<std::uint64_t>& lines);

  Component root_;
  std::vector<Event> events_;
};

}  // namespace deskloom::ingest::ical
