#include "ingest/ical/document.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::ingest::ical {
namespace {

constexpr std::size_t size_limit_bytes = 64 << 20;
constexpr std::size_t block_bytes = 64 << 10;
constexpr std::size_t depth_limit = 8;

std::string read_all(base::ByteSource& source) {
  std::string text;
  std::string block(block_bytes, '\0');
  while (const std::size_t size = source.read(std::as_writable_bytes(std::span(block)))) {
    text.append(block, 0, size);
    if (text.size() > size_limit_bytes)
      throw base::Error(base::ErrorKind::usage, "a calendar of more than 64 MiB is refused");
  }
  return text;
}

struct ContentLine {
  std::uint64_t number = 0;  // of its first line
  std::string text;
};

// Lines that begin with a blank go on with the one before (RFC 5545, 3.1).
std::vector<ContentLine> unfold(std::string_view text) {
  std::vector<ContentLine> lines;
  for (std::uint64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!base::is_valid_utf8(line)) fail_line(number, "is not UTF-8");
    if (line.find('\0') != std::string_view::npos) fail_line(number, "has a NUL");
    if (line.empty()) continue;
    const bool goes_on = line.front() == ' ' || line.front() == '\t';
    if (goes_on && lines.empty()) fail_line(number, "goes on with nothing");
    if (goes_on) {
      lines.back().text += line.substr(1);
    } else {
      lines.push_back({number, std::string(line)});
    }
  }
  return lines;
}

std::string upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

// Where events begin. All that begins must end, and all is within a calendar.
std::vector<std::uint64_t> check_structure(const std::vector<ContentLine>& lines) {
  std::vector<std::string> open;
  std::vector<std::uint64_t> events;
  for (const auto& [number, text] : lines) {
    const std::size_t colon = text.find(':');
    const std::string name = upper(text.substr(0, std::min(colon, text.size())));
    const std::string value = colon == std::string::npos ? "" : upper(text.substr(colon + 1));
    if (open.empty() && (name != "BEGIN" || value != "VCALENDAR"))
      fail_line(number, "stands in no calendar: BEGIN:VCALENDAR is missing");
    if (name == "BEGIN") {
      if (open.size() >= depth_limit) fail_line(number, "begins too deeply within others");
      if (value == "VEVENT") events.push_back(number);
      open.push_back(value);
    } else if (name == "END") {
      if (open.back() != value)
        fail_line(number, "ends " + base::printable(value) + " within " + open.back());
      open.pop_back();
    }
  }
  if (lines.empty()) throw base::Error(base::ErrorKind::usage, "is no calendar: it is empty");
  if (!open.empty()) fail_line(lines.back().number, "is the last, but " + open.back() + " has no end");
  return events;
}

// The first line that libical does not take, for the message.
[[noreturn]] void fail_where_wrong(const std::vector<ContentLine>& lines) {
  for (const auto& [number, text] : lines) {
    const std::string name = upper(text.substr(0, 6));
    if (name.starts_with("BEGIN:") || name.starts_with("END:")) continue;
    if (!Property(icalproperty_new_from_string(text.c_str())))
      fail_line(number, "is malformed: " + base::printable(text.substr(0, 60)));
  }
  throw base::Error(base::ErrorKind::usage, "is no calendar that libical understands");
}

}  // namespace

void fail_line(std::uint64_t line, const std::string& problem) {
  throw base::Error(base::ErrorKind::usage, "line " + std::to_string(line) + " " + problem);
}

Document::Document(base::ByteSource& source) {
  icalerror_set_errors_are_fatal(0);
  const auto lines = unfold(read_all(source));
  const auto event_lines = check_structure(lines);
  std::string text;
  for (const ContentLine& line : lines) text += line.text + "\r\n";
  root_.reset(icalparser_parse_string(text.c_str()));
  if (!root_ || icalcomponent_count_errors(root_.get()) > 0) fail_where_wrong(lines);
  if (icalcomponent_isa(root_.get()) == ICAL_VCALENDAR_COMPONENT) {
    collect(root_.get(), event_lines);
  } else {
    for (auto* calendar = icalcomponent_get_first_component(root_.get(), ICAL_VCALENDAR_COMPONENT);
         calendar != nullptr;
         calendar = icalcomponent_get_next_component(root_.get(), ICAL_VCALENDAR_COMPONENT))
      collect(calendar, event_lines);
  }
}

void Document::collect(icalcomponent* calendar, const std::vector<std::uint64_t>& lines) {
  for (auto* event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event != nullptr;
       event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    events_.push_back({event, calendar, lines.at(events_.size())});
  }
}

}  // namespace deskloom::ingest::ical
