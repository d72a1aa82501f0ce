#include "ingest/time_text.hpp"

#include <charconv>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::ingest {
namespace {

using std::chrono::seconds;

constexpr std::int64_t last_second = 7'258'118'399;  // 2199-12-31T23:59:59Z
// A number above it counts in a finer unit: as seconds it would lie in the year 5138.
constexpr std::int64_t unit_limit = 100'000'000'000;

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw base::Error(base::ErrorKind::usage, "'" + base::printable(text.substr(0, 40)) + "' " + why);
}

// Takes apart a text from the left.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  // Exactly so many digits; nullopt, and nothing taken, when they are not there.
  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool any_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    taken_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  void skip_digits() {
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') rest_.remove_prefix(1);
  }
  char taken() const { return taken_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  char taken_ = 0;
};

// hh:mm[:ss[.fff]]; a leap second counts as the one before.
std::optional<seconds> read_clock(Cursor& in) {
  const auto hour = in.digits(2);
  if (!hour || !in.any_of(":")) return std::nullopt;
  const auto minute = in.digits(2);
  auto second = std::optional(0);
  if (in.any_of(":")) {
    second = in.digits(2);
    if (in.any_of(".,")) in.skip_digits();
  }
  if (!minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(std::min(*second, 59));
}

std::optional<std::chrono::local_days> read_date(Cursor& in) {
  const auto year = in.digits(4);
  if (!year || !in.any_of("-/")) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.any_of("-/")) return std::nullopt;
  const auto day = in.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  return date.ok() ? std::optional(std::chrono::local_days(date)) : std::nullopt;
}

// Z, +hh:mm, +hhmm or +hh.
std::optional<seconds> read_offset(Cursor& in) {
  if (in.any_of("Zz")) return seconds(0);
  if (!in.any_of("+-")) return std::nullopt;
  const int sign = in.taken() == '-' ? -1 : 1;
  const auto hours = in.digits(2);
  in.any_of(":");
  const auto minutes = in.digits(2);
  if (!hours) return std::nullopt;
  return sign * (std::chrono::hours(*hours) + std::chrono::minutes(minutes.value_or(0)));
}

base::Timestamp in_range(std::int64_t second, std::string_view text) {
  if (second < 0 || second > last_second) refuse(text, "is no time from 1970 to 2199");
  return base::Timestamp(seconds(second));
}

// Digits, perhaps with a fraction, which is cut off.
std::optional<base::Timestamp> read_number(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  auto [next, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number < 0) return std::nullopt;
  if (next != end && *next == '.') {
    do ++next;
    while (next != end && *next >= '0' && *next <= '9');
  }
  if (next != end) return std::nullopt;
  while (number > unit_limit) number /= 1000;
  return in_range(number, text);
}

}  // namespace

base::Timestamp TimeReader::from_local(base::TimeZone::LocalSeconds local) {
  const auto quarter = std::chrono::floor<Quarters>(local);
  if (!quarter_utc_ || quarter != quarter_) {
    quarter_ = quarter;
    quarter_utc_ = zone_->utc(quarter);
  }
  return *quarter_utc_ + (local - quarter);
}

base::Timestamp TimeReader::read(std::string_view text) {
  if (const auto time = read_number(text)) return *time;
  Cursor in(text);
  const auto date = read_date(in);
  const auto clock = date && in.any_of("T t") ? read_clock(in) : std::optional(seconds(0));
  if (!date || !clock) refuse(text, "is no time like 2026-01-31T08:59:00Z or 1769849940");
  const auto local = *date + *clock;
  in.any_of(" ");
  if (!in.at_end()) {
    const auto offset = read_offset(in);
    if (!offset || !in.at_end()) refuse(text, "is no time like 2026-01-31T08:59:00Z or 1769849940");
    return in_range((local.time_since_epoch() - *offset).count(), text);
  }
  if (!zone_) refuse(text, "does not say in which time zone: name it with --time-zone");
  return in_range(std::chrono::floor<seconds>(from_local(local)).time_since_epoch().count(), text);
}

}  // namespace deskloom::ingest
