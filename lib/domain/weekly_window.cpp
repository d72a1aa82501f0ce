#include "domain/weekly_window.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace deskloom::domain {
namespace {

constexpr std::array<std::string_view, 7> day_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr int most_ghosts = 10'000;

// What is before the separator, and what after it; nullopt without one.
std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

std::optional<int> number_in(std::string_view text, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && number >= 0 && number <= most ? std::optional(number) : std::nullopt;
}

std::optional<unsigned> day_number(std::string_view name) {
  const auto found = std::find(day_names.begin(), day_names.end(), name);
  if (found == day_names.end()) return std::nullopt;
  return static_cast<unsigned>(found - day_names.begin());
}

// "Mon" or "Mon-Fri".
std::optional<Weekdays> parse_days(std::string_view text) {
  const auto range = cut(text, '-').value_or(std::pair(text, text));
  const auto first = day_number(range.first), last = day_number(range.second);
  if (!first || !last) return std::nullopt;
  unsigned days = 1U << *last;
  for (unsigned day = *first; day != *last; day = (day + 1) % 7) days |= 1U << day;
  return static_cast<Weekdays>(days);
}

}  // namespace

bool WeeklyWindow::holds_at(std::chrono::local_seconds t) const {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const auto minute = std::chrono::floor<std::chrono::minutes>(t - day).count();
  const unsigned today = std::chrono::weekday(day).iso_encoding() - 1;
  const auto begins_on = [&](unsigned number) { return (days >> number & 1) != 0; };
  if (until_min > from_min) return begins_on(today) && minute >= from_min && minute < until_min;
  return (begins_on(today) && minute >= from_min) || (begins_on((today + 6) % 7) && minute < until_min);
}

std::optional<int> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = number_in(text.substr(0, 2), 24), minutes = number_in(text.substr(3), 59);
  if (!hours || !minutes) return std::nullopt;
  const int minute = *hours * 60 + *minutes;
  return minute <= minutes_per_day ? std::optional(minute) : std::nullopt;
}

std::optional<Weekdays> parse_weekdays(std::string_view text) {
  if (text == "daily") return every_day;
  const auto list = cut(text, ',');
  const auto first = parse_days(list ? list->first : text);
  const auto rest = list ? parse_weekdays(list->second) : Weekdays{0};
  if (!first || !rest) return std::nullopt;
  return static_cast<Weekdays>(*first | *rest);
}

std::optional<ScheduledGhosts> parse_scheduled_ghosts(std::string_view text) {
  const auto days_and_rest = cut(text, ' ');
  const auto times_and_number = days_and_rest ? cut(days_and_rest->second, ' ') : std::nullopt;
  const auto times = times_and_number ? cut(times_and_number->first, '-') : std::nullopt;
  if (!times) return std::nullopt;
  const auto days = parse_weekdays(days_and_rest->first);
  const auto from = parse_time_of_day(times->first), until = parse_time_of_day(times->second);
  const auto ghosts = number_in(times_and_number->second, most_ghosts);
  if (!days || !from || !until || !ghosts) return std::nullopt;
  return ScheduledGhosts{{*days, *from, *until}, *ghosts};
}

}  // namespace deskloom::domain
