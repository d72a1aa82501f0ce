#pragma once

#include <string>
#include <vector>

#include "operation/journal.hpp"

namespace deskloom::operation {

// Moves an instance from what it has to another allocation, resource by resource, each verified in the guest
// (SPEC C2). One that fails takes those before it back, and the instance goes on with what it had; what
// cannot be taken back stays booked, so that its host is never given away twice.
class ResizeWork : public Work {
 public:
  ResizeWork(const World& world, const domain::Operation& operation);
  std::vector<Step> steps() override;
  void undo(const base::Error& why) override;

 private:
  void set(domain::Resource resource, const domain::Allocation& to);
  void set_gpus(std::uint32_t count);
  void record(const domain::Allocation& has) const;

  const World& world_;
  domain::Operation operation_;
  domain::Instance instance_;
  domain::Allocation from_, to_;
  std::vector<std::string> gpus_;  // taken for it, or had before
};

// What the instances of a host may have together: by policy, or as much as the host has.
std::uint64_t host_memory(const World& world, const std::string& host);

// Resizes a live instance, which is woken for it; nothing when it runs and has that already. Room on its
// host, and GPUs, are booked first, in one transaction with the journal's entry. Throws Error(failed) when
// the host is full, Error(locked) when another command is at it, and what Runtime's calls throw. Returns what
// it has then.
domain::Instance resize(const World& world, const domain::Instance& seen, const domain::Allocation& to);

}  // namespace deskloom::operation
