#include "plan/keep.hpp"

#include <cstdint>
#include <optional>

namespace deskloom::plan {
namespace {

// One of hourly, daily, weekly: counts the periods that have been met.
class Periods {
 public:
  Periods(std::chrono::hours length, std::chrono::hours shift, int wanted, std::string name)
      : length_(length), shift_(shift), left_(wanted), name_(std::move(name)) {}

  // True for the newest of a period, while periods are left.
  bool takes(base::Timestamp at) {
    const auto hours = std::chrono::floor<std::chrono::hours>(at.time_since_epoch()) + shift_;
    const std::int64_t rest = hours.count() % length_.count();
    const std::int64_t period = hours / length_ - (rest < 0 ? 1 : 0);  // rounded down, also before 1970
    if (period == last_ || left_ == 0) return false;
    last_ = period;
    --left_;
    return true;
  }
  std::string reason() const { return "the newest of its " + name_; }

 private:
  std::chrono::hours length_;
  std::chrono::hours shift_;
  int left_;
  std::string name_;
  std::optional<std::int64_t> last_;
};

}  // namespace

std::vector<KeepDecision> decide_what_to_keep(std::span<const Dated> snapshots, const KeepRule& rule) {
  using std::chrono::hours;
  // 1970 began on a Thursday.
  Periods periods[] = {{hours(1), hours(0), rule.hourly, "hour"},
                       {hours(24), hours(0), rule.daily, "day"},
                       {hours(24 * 7), hours(24 * 3), rule.weekly, "week"}};
  std::vector<KeepDecision> decisions;
  for (const Dated& snapshot : snapshots) {
    KeepDecision decision{snapshot.id, false, "older than what is kept"};
    if (decisions.size() < static_cast<std::size_t>(rule.last)) {
      decision = {snapshot.id, true, "one of the newest"};
    }
    for (Periods& period : periods) {
      if (period.takes(snapshot.created_at) && !decision.keep) {
        decision = {snapshot.id, true, period.reason()};
      }
    }
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

}  // namespace deskloom::plan
