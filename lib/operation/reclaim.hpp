#pragma once

#include "operation/journal.hpp"

namespace deskloom::operation {

// Ends an instance for good: the applications whose desktop it is, its domain, its disks, its place in the
// pool.
class ReclaimWork : public Work {
 public:
  ReclaimWork(const World& world, const domain::Operation& operation);
  std::vector<Step> steps() override;
  void undo(const base::Error& why) override;

 private:
  void mark_reclaimed() const;

  const World& world_;
  domain::Operation operation_;
  domain::Instance instance_;
};

// Marks it, and records the operation that is to be run.
domain::Operation begin_reclaim(const World& world, const domain::Instance& seen, const std::string& cause);
void run_reclaim(const World& world, const domain::Operation& operation);
// Both. The instance must still be in the state that the caller saw, else Error(locked): a ghost may have
// been assigned.
void reclaim(const World& world, const domain::Instance& seen, const std::string& cause);

}  // namespace deskloom::operation
