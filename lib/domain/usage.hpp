#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/clock.hpp"
#include "domain/names.hpp"

// The use of desktops as it is recorded (SPEC D1). Text is the caller's and lives as long as the call. Times
// are kept to the second.
namespace deskloom::domain {

// A user has come to, or left, a desktop.
struct Connection {
  std::string_view user;
  base::Timestamp at;
  bool is_connect = true;
};

// A user was connected, in seconds since 1970: from begin up to, not with, end.
struct Session {
  std::int64_t begin_s = 0;
  std::int64_t end_s = 0;
};

// A user has started an application.
struct Launch {
  std::string_view user;
  base::Timestamp at;
  std::string_view application;
  std::int64_t dwell_s = 0;  // how long it was in use; 0: not known
};

// A user has opened files of a type, such as "odt".
struct FileUse {
  std::string_view user;
  base::Timestamp at;
  std::string_view type;
  std::int64_t count = 1;
};

// A user was seen at a place.
struct Visit {
  std::string_view user;
  base::Timestamp at;
  std::string_view place;
};

enum class Metric {
  cpu,         // processors in use: 1.5 is one and a half
  memory,      // bytes in use
  gpu,         // of a GPU, 0 to 1, or more of several
  network,     // bytes a second, both ways
  storage,     // bytes a second, read and written
  microphone,  // share of the time that it was in use, 0 to 1
  camera,
};
inline constexpr std::size_t metric_count = 7;
inline constexpr Names<Metric, metric_count> metric_names{{{Metric::cpu, "cpu"},
                                                           {Metric::memory, "memory"},
                                                           {Metric::gpu, "gpu"},
                                                           {Metric::network, "network"},
                                                           {Metric::storage, "storage"},
                                                           {Metric::microphone, "microphone"},
                                                           {Metric::camera, "camera"}}};

// What a user's desktop used at one moment. NaN: not measured.
struct Sample {
  static constexpr double absent = std::numeric_limits<double>::quiet_NaN();

  std::string_view user;
  base::Timestamp at;
  std::array<double, metric_count> values{absent, absent, absent, absent, absent, absent, absent};

  double& operator[](Metric metric) { return values[static_cast<std::size_t>(metric)]; }
  double operator[](Metric metric) const { return values[static_cast<std::size_t>(metric)]; }
};

// Takes what was recorded, one by one. May throw Error(usage) to refuse it.
class UsageSink {
 public:
  virtual ~UsageSink() = default;
  virtual void take(const Connection& connection) = 0;
  virtual void take(const Launch& launch) = 0;
  virtual void take(const FileUse& use) = 0;
  virtual void take(const Visit& visit) = 0;
  virtual void take(const Sample& sample) = 0;
};

// For dry runs.
class NoUsageSink : public UsageSink {
 public:
  void take(const Connection&) override {}
  void take(const Launch&) override {}
  void take(const FileUse&) override {}
  void take(const Visit&) override {}
  void take(const Sample&) override {}
};

}  // namespace deskloom::domain
