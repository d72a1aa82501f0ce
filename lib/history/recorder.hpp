#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "history/names.hpp"
#include "history/store.hpp"

namespace deskloom::history {

// Adds what was recorded, all of it or, when commit() is not reached, nothing. What is there already is
// passed over: the same file twice adds nothing. A launch that is known to last longer now counts as added.
// Memory is bounded. The store must outlive it.
class Recorder : public domain::UsageSink {
 public:
  explicit Recorder(Store& store);

  void take(const domain::Connection& connection) override;
  void take(const domain::Launch& launch) override;
  void take(const domain::FileUse& use) override;
  void take(const domain::Visit& visit) override;  // place: a token
  void take(const domain::Sample& sample) override;

  struct Counts {
    std::uint64_t added = 0;
    std::uint64_t known = 0;    // were there already
    std::uint64_t expired = 0;  // older than what is kept
  };
  Counts commit();

 private:
  // Rows of one table, inserted in the order of its key: many at a time, since neighbours share pages.
  struct Row {
    std::int64_t at = 0, user = 0, of = 0, value = 0;
  };
  struct SampleRow {
    std::int64_t at = 0, user = 0;
    std::array<double, domain::metric_count> values{};
  };
  struct Batch {
    base::Statement insert;
    int columns;
    std::vector<Row> rows;
  };
  void add(Batch& batch, const Row& row);
  void insert(Batch& batch);
  void insert_samples();
  void mark_unrolled();
  bool is_expired(std::int64_t at);
  bool is_rolled_up(const SampleRow& row);
  void count_change();
  void note_late_connections();

  Store& store_;
  base::Transaction transaction_;
  Kept kept_;
  Names names_;
  Batch connections_, launches_, file_uses_, visits_;
  base::Statement insert_sample_, find_five_minutes_, find_hour_;
  std::vector<SampleRow> samples_;
  std::vector<std::int64_t> unrolled_hours_;
  std::int64_t newest_before_;  // connection
  std::int64_t first_new_ = std::numeric_limits<std::int64_t>::max();
  Counts counts_;
};

}  // namespace deskloom::history
