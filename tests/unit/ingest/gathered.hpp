#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "domain/usage.hpp"

namespace deskloom::test {

// What a reader told, one line for each event: "10 alice connect".
class Gathered : public domain::UsageSink {
 public:
  std::vector<std::string> lines;

  void take(const domain::Connection& c) override {
    add(c.at, c.user, c.is_connect ? "connect" : "disconnect");
  }
  void take(const domain::Launch& l) override {
    add(l.at, l.user, "launch " + std::string(l.application) + " " + std::to_string(l.dwell_s));
  }
  void take(const domain::FileUse& f) override {
    add(f.at, f.user, "files " + std::string(f.type) + " " + std::to_string(f.count));
  }
  void take(const domain::Visit& v) override { add(v.at, v.user, "visit " + std::string(v.place)); }
  void take(const domain::Sample& s) override {
    std::string text = "sample";
    for (const auto& [metric, name] : domain::metric_names) {
      if (!std::isnan(s[metric]))
        text += " " + std::string(name) + "=" + std::to_string(std::lround(100 * s[metric]));
    }
    add(s.at, s.user, text);
  }

 private:
  void add(base::Timestamp at, std::string_view user, const std::string& what) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    lines.push_back(std::to_string(seconds) + " " + std::string(user) + " " + what);
  }
};

}  // namespace deskloom::test
