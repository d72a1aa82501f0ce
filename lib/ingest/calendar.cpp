#include "ingest/calendar.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "ingest/ical/series.hpp"

namespace deskloom::ingest {
namespace {

using ical::Series;

// The VEVENTs of one UID.
struct Group {
  std::vector<Series> masters;  // one, or several versions of it
  std::vector<Series> overrides;
};

class Expansion {
 public:
  explicit Expansion(const CalendarOptions& options) : options_(options) {}

  void add(const Group& group) {
    Replaced replaced;
    for (const Series& series : group.overrides) {
      if (!series.is_cancelled()) keep(series.span_at(series.begin()));
      replaced.moments.insert(*series.recurrence_id());
      if (series.is_for_all_later()) replaced.from[*series.recurrence_id()] = &series;
    }
    if (group.masters.empty()) return;
    const Series& master = *std::ranges::max_element(group.masters, {}, &Series::sequence);
    if (master.is_cancelled()) return;
    master.each(options_.until, budget_,
                [&](base::Timestamp begin) { add_occurrence(master, replaced, begin); });
  }

  std::vector<CalendarSpan> finish() {
    const auto key = [](const CalendarSpan& span) { return std::tie(span.begin, span.end, span.uid); };
    std::ranges::sort(spans_, {}, key);
    // Not std::ranges::unique: its result does not compile with clang 14, which builds the fuzzers.
    const auto twice = std::unique(spans_.begin(), spans_.end(),
                                   [key](const auto& a, const auto& b) { return key(a) == key(b); });
    spans_.erase(twice, spans_.end());
    return std::move(spans_);
  }

 private:
  // What overrides say of the others.
  struct Replaced {
    std::set<base::Timestamp> moments;              // these were added as they say themselves
    std::map<base::Timestamp, const Series*> from;  // and all after these are to be like them
  };

  void add_occurrence(const Series& master, const Replaced& replaced, base::Timestamp begin) {
    if (replaced.moments.contains(begin)) return;
    const auto next = replaced.from.upper_bound(begin);
    if (next == replaced.from.begin()) return keep(master.span_at(begin));
    const auto& [from, series] = *std::prev(next);
    if (!series->is_cancelled()) keep(series->span_at(begin + (series->begin() - from)));
  }

  void keep(CalendarSpan span) {
    if (span.begin < options_.until && span.end > options_.from) spans_.push_back(std::move(span));
  }

  const CalendarOptions& options_;
  int budget_ = ical::repetitions_limit;
  std::vector<CalendarSpan> spans_;
};

}  // namespace

std::vector<CalendarSpan> read_calendar(base::ByteSource& source, const CalendarOptions& options) {
  const ical::Document document(source);
  std::map<std::string, Group> groups;
  for (const ical::Event& event : document.events()) {
    Series series(event, options.zone);
    Group& group = groups[series.uid()];
    (series.recurrence_id() ? group.overrides : group.masters).push_back(std::move(series));
  }
  Expansion expansion(options);
  for (const auto& [uid, group] : groups) expansion.add(group);
  return expansion.finish();
}

}  // namespace deskloom::ingest
