#include "ingest/wtmp.hpp"

#include <utmp.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::ingest {
namespace {

constexpr std::size_t records_at_once = 1024;

template <std::size_t size>
std::string text_of(const char (&field)[size]) {
  return {field, ::strnlen(field, size)};
}

class Logins {
 public:
  explicit Logins(domain::UsageSink& sink) : sink_(sink) {}

  void begin(const std::string& line, const std::string& user, base::Timestamp at) {
    end(line, at);
    users_[line] = user;
    if (++logins_[user] == 1) sink_.take(domain::Connection{user, at, true});
  }
  void end(const std::string& line, base::Timestamp at) {
    const auto found = users_.find(line);
    if (found == users_.end()) return;
    if (--logins_[found->second] == 0) sink_.take(domain::Connection{found->second, at, false});
    users_.erase(found);
  }
  void end_all(base::Timestamp at) {
    while (!users_.empty()) end(std::string(users_.begin()->first), at);
  }

 private:
  domain::UsageSink& sink_;
  std::map<std::string, std::string> users_;  // by line
  std::map<std::string, int> logins_;         // by user
};

bool is_plausible(const utmp& record, const std::string& user) {
  return record.ut_tv.tv_sec > 0 && base::is_valid_utf8(user) && base::printable(user) == user;
}

}  // namespace

WtmpReport read_wtmp(base::ByteSource& source, domain::UsageSink& sink) {
  Logins logins(sink);
  WtmpReport report;
  std::vector<utmp> records(records_at_once);
  const auto take = [&](const utmp& record) {
    ++report.records;
    const base::Timestamp at{std::chrono::seconds(record.ut_tv.tv_sec)};
    const std::string line = text_of(record.ut_line), user = text_of(record.ut_user);
    const bool is_shutdown = record.ut_type == RUN_LVL && user == "shutdown";
    if (record.ut_type == BOOT_TIME || is_shutdown) return logins.end_all(at);
    if (record.ut_type == DEAD_PROCESS) return logins.end(line, at);
    if (record.ut_type != USER_PROCESS) return;
    if (user.empty() || !is_plausible(record, user)) {
      ++report.rejected;
    } else {
      logins.begin(line, user, at);
    }
  };
  for (;;) {
    const auto room = std::as_writable_bytes(std::span(records));
    std::size_t filled = 0;
    while (filled < room.size()) {
      const std::size_t got = source.read(room.subspan(filled));
      if (got == 0) break;
      filled += got;
    }
    for (std::size_t i = 0; i < filled / sizeof(utmp); ++i) take(records[i]);
    if (filled == room.size()) continue;
    if (filled % sizeof(utmp) != 0) {
      throw base::Error(base::ErrorKind::usage, "it ends within a record",
                        "is it a wtmp file, and copied whole? 'last -f FILE' should list it");
    }
    return report;
  }
}

}  // namespace deskloom::ingest
