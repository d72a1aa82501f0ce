#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "guest/client.hpp"
#include "snapshot/tree.hpp"

namespace deskloom::persona {

snapshot::Node to_node(const guest::GuestNode& node);
guest::GuestNode to_guest_node(const snapshot::Node& node);

// A user's home in a guest, as a source for the snapshot store. The client must outlive it.
class GuestTreeSource : public snapshot::TreeSource {
 public:
  // guest_clock_ns: as reported just before.
  GuestTreeSource(guest::Client& client, guest::TreeRequest request, std::int64_t guest_clock_ns,
                  base::Progress& progress)
      : client_(client), request_(std::move(request)), guest_clock_ns_(guest_clock_ns), progress_(progress) {}
  std::int64_t clock_ns() const override { return guest_clock_ns_; }
  std::vector<snapshot::Node> list(std::vector<snapshot::Skipped>& skipped) override;
  void read(const std::vector<snapshot::Node>& nodes, const std::vector<std::size_t>& wanted,
            const Receiver& receiver) override;
  // The nodes of the last list().
  const std::vector<snapshot::Node>& nodes() const { return nodes_; }

 private:
  guest::Client& client_;
  guest::TreeRequest request_;
  std::int64_t guest_clock_ns_;
  base::Progress& progress_;
  std::vector<snapshot::Node> nodes_;
};

// A user's home in a guest, as a place to restore to. What is not in the snapshot and not excluded is
// removed, so that nothing of the image's skeleton shows through. The client must outlive it.
class GuestTreeSink : public snapshot::TreeSink {
 public:
  GuestTreeSink(guest::Client& client, guest::TreeRequest request)
      : client_(client), request_(std::move(request)) {}
  std::vector<bool> begin(const std::vector<snapshot::Node>& nodes) override;
  void node(std::size_t) override {}
  void file(std::size_t index, snapshot::ContentSender& content, unsigned writer) override;
  void finish() override;

  // Path and reason of everything the guest could not put in place.
  const std::vector<snapshot::Skipped>& failures() const { return failures_; }
  std::uint64_t files_written() const { return files_written_; }

 private:
  guest::Client& client_;
  guest::TreeRequest request_;
  std::uint64_t files_written_ = 0;
  std::vector<snapshot::Skipped> failures_;
};

}  // namespace deskloom::persona
