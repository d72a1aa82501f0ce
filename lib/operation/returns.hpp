#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "forecast/forecasts.hpp"

namespace deskloom::operation {

// When users are expected back, by the newest forecast.
class Returns {
 public:
  // file: forecast.sqlite; it may be missing. now: what is asked about lies behind it.
  Returns(const std::filesystem::path& file, base::Timestamp now);

  // That a session of the user begins within so long from now; nullopt: nothing is foretold of them, or not
  // so far.
  std::optional<double> probability(const std::string& user, std::chrono::minutes within) const;
  base::Timestamp now() const { return now_; }
  // Why nothing at all is known; empty when something is.
  const std::string& nothing_because() const { return nothing_because_; }

 private:
  base::Timestamp now_;
  std::unique_ptr<forecast::Store> store_;
  forecast::ForecastOf of_;
  std::string nothing_because_;
};

}  // namespace deskloom::operation
