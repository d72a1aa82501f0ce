#include "frame/progress_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "base/text.hpp"

namespace deskloom::frame {

using std::chrono::milliseconds;

std::string progress_line(const std::string& label, std::uint64_t done_bytes, std::uint64_t total_bytes,
                          milliseconds elapsed) {
  const double seconds = std::max(static_cast<double>(elapsed.count()) / 1000, 0.001);
  const double rate = static_cast<double>(done_bytes) / seconds;
  std::string line = base::printable(label);
  if (total_bytes > 0) {
    const std::uint64_t shown = std::min(done_bytes, total_bytes);
    line += fmt::format("  {:3.0f}%", 100.0 * static_cast<double>(shown) / static_cast<double>(total_bytes));
  }
  if (done_bytes > 0) {
    line += fmt::format("  {}  {}/s", base::human_size(done_bytes),
                        base::human_size(static_cast<std::uint64_t>(rate)));
  }
  if (total_bytes > done_bytes && done_bytes > 0) {
    const auto left_ms =
        static_cast<std::int64_t>(static_cast<double>(total_bytes - done_bytes) / rate * 1000);
    line += fmt::format("  {} left", base::human_duration_ms(left_ms));
  }
  return line;
}

void ProgressBar::begin(const std::string& label, std::uint64_t total_bytes) {
  end();
  label_ = label;
  total_bytes_ = total_bytes;
  done_bytes_ = 0;
  started_ = now_();
  next_draw_ = started_ + milliseconds(1000);
}

void ProgressBar::advance(std::uint64_t bytes) {
  done_bytes_ += bytes;
  const auto now = now_();
  if (now < next_draw_) return;
  const auto elapsed = std::chrono::duration_cast<milliseconds>(now - started_);
  err_ << clear_line << progress_line(label_, done_bytes_, total_bytes_, elapsed) << std::flush;
  drawn_ = true;
  next_draw_ = now + milliseconds(200);
}

void ProgressBar::end() {
  if (drawn_) err_ << clear_line << std::flush;
  drawn_ = false;
}

}  // namespace deskloom::frame
