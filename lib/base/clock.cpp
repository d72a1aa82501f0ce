#include "base/clock.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <ctime>

#include "base/error.hpp"

namespace deskloom::base {
namespace {

// Well within what nanoseconds since 1970 in 64 bits reach.
constexpr int first_year = 1700, last_year = 2200;

}  // namespace

std::string to_rfc3339(Timestamp t) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(t);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(t - seconds).count();
  const std::time_t whole = seconds.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&whole, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, ms);
}

Timestamp parse_rfc3339(const std::string& text) {
  std::tm parts{};
  int ms = 0;
  int used = 0;
  const int fields =
      std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &parts.tm_year, &parts.tm_mon,  // NOLINT
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &ms, &used);
  const bool in_range = parts.tm_year >= first_year && parts.tm_year <= last_year;
  if (fields != 7 || static_cast<std::size_t>(used) != text.size() || !in_range) {
    throw Error(ErrorKind::usage, "'" + text + "' is not a time like 2026-01-31T08:59:00.000Z");
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return Timestamp(std::chrono::seconds(::timegm(&parts)) + std::chrono::milliseconds(ms));
}

}  // namespace deskloom::base
