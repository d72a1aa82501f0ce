#pragma once

#include "history/recorder.hpp"
#include "history/rollup.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

inline base::Timestamp at(std::int64_t seconds) { return base::Timestamp(std::chrono::seconds(seconds)); }

// A record of use that is open for writing.
struct TempHistory {
  TempDir dir;
  history::Store store{dir / "history.sqlite", history::Store::Access::create};

  // record(recorder) gives it events.
  template <typename Record>
  history::Recorder::Counts add(const Record& record) {
    history::Recorder recorder(store);
    record(recorder);
    return recorder.commit();
  }
  // Processor use of a user, one sample each.
  history::Recorder::Counts add_cpu(const std::string& user,
                                    const std::vector<std::pair<std::int64_t, double>>& samples) {
    return add([&](history::Recorder& recorder) {
      for (const auto& [second, cpu] : samples) {
        domain::Sample sample{user, at(second)};
        sample[domain::Metric::cpu] = cpu;
        recorder.take(sample);
      }
    });
  }
  std::int64_t count(const std::string& table) const {
    auto row = store.db().prepare("SELECT count(*) FROM " + table);
    row.step();
    return row.integer(0);
  }
};

}  // namespace deskloom::test
