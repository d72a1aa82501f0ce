// Goes on with the captures of many users every ten minutes, as 'snapshot create' makes them, on a clock of
// its own:
//   grow_store STORE STATE USERS KEPT CAPTURES
// until the store holds KEPT snapshots; or, with CAPTURES, that many captures more, and every hour a prune to
// KEPT and a collection. Each user's home is small, and changes a little from every second capture to the
// next.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "operation/catalogue.hpp"
#include "operation/prune.hpp"
#include "snapshot/store.hpp"
#include "state/store.hpp"

using namespace deskloom;

// What is made here need not outlive a power cut, and waiting for the disk would take hours.
extern "C" int fsync(int) { return 0; }
extern "C" int fdatasync(int) { return 0; }

namespace {

const base::Timestamp start = base::parse_rfc3339("2026-01-01T00:00:00.000Z");
constexpr std::chrono::minutes between_captures{10};
constexpr std::int64_t rounds_per_hour = 6;
constexpr int files_per_home = 6;
constexpr std::size_t file_bytes = 2000;

// Everybody's files differ, and each version changes one of them.
class SmallHome : public snapshot::TreeSource {
 public:
  SmallHome(std::int64_t user, std::int64_t version) : user_(user), version_(version) {}

  std::vector<snapshot::Node> list(std::vector<snapshot::Skipped>&) override {
    std::vector<snapshot::Node> nodes(1);
    nodes[0].type = snapshot::NodeType::directory;
    nodes[0].mode = 0755;
    for (int i = 0; i < files_per_home; ++i) nodes.push_back(file(i));
    return nodes;
  }
  void read(const std::vector<snapshot::Node>&, const std::vector<std::size_t>& wanted,
            const Receiver& receiver) override {
    for (const std::size_t index : wanted) {
      const int number = static_cast<int>(index) - 1;
      receiver.on_begin(index);
      const std::string data = content(number);
      receiver.on_data(std::as_bytes(std::span(data)));
      receiver.on_end(index, file(number));
    }
  }
  std::int64_t clock_ns() const override { return version_ * 1'000'000'000'000 + 900'000'000'000; }

 private:
  std::int64_t version_of(int number) const {
    const std::int64_t behind = (version_ - number) % files_per_home;
    return behind < 0 || version_ < number ? 0 : version_ - behind;
  }
  snapshot::Node file(int number) const {
    snapshot::Node node;
    node.path = "file-" + std::to_string(number);
    node.mode = 0644;
    node.size = content(number).size();
    node.mtime_ns = node.ctime_ns = version_of(number) * 1'000'000'000'000;
    node.inode = static_cast<std::uint64_t>(number) + 2;
    return node;
  }
  std::string content(int number) const {
    std::string text;
    std::uint64_t word = static_cast<std::uint64_t>(user_ * 1000 + number);
    while (text.size() < file_bytes) text += std::to_string(word = word * 6364136223846793005U + 1) + "\n";
    return text + "version " + std::to_string(version_of(number)) + "\n";
  }

  std::int64_t user_;
  std::int64_t version_;
};

std::string name_of(std::int64_t user) { return "user-" + std::to_string(user); }

// A site: the two stores, and what time it is there.
class Site {
 public:
  Site(const char* store, const char* state, std::int64_t users)
      : store_(snapshot::Store::open(store)),
        state_(state, state::Store::Access::write),
        catalogue_(operation::recorded_catalogue(state_, [this]() -> snapshot::Store& { return *store_; })),
        users_(users) {
    for (std::int64_t user = 0; user < users; ++user) resume(user);
  }

  std::int64_t kept() const { return state_.snapshots.count(); }
  // Every user once.
  void capture_all() {
    auto transaction = state_.transaction();
    for (std::int64_t user = 0; user < users_; ++user) capture(user);
    transaction.commit();
    ++round_;
  }
  bool is_full_hour() const { return round_ % rounds_per_hour == 0; }
  void prune(std::int64_t kept) {
    operation::prune(*store_, *catalogue_, std::nullopt, {static_cast<int>(kept / users_), 0, 0, 0}, false);
  }
  void collect() { store_->collect(std::chrono::milliseconds(0), false, progress_); }

 private:
  void resume(std::int64_t user) {
    const auto newest = state_.snapshots.latest(name_of(user));
    if (!newest) return last_.emplace_back(), void();
    last_.push_back(*store_->get(newest->id).layer("tree"));
    round_ = std::max(round_, (newest->created_at - start) / between_captures + 1);
  }
  void capture(std::int64_t user) {
    SmallHome home(user, round_ / 2);
    std::vector<snapshot::Skipped> skipped;
    auto& last = last_[static_cast<std::size_t>(user)];
    const auto writer = store_->begin(progress_);
    last = writer->put_tree("tree", home, last ? &*last : nullptr, skipped);
    const auto at = start + round_ * between_captures + std::chrono::milliseconds(user);
    auto taken = writer->commit({{"user", name_of(user)}, {"host", "bench"}}, at);
    state_.snapshots.put(operation::record_of(taken));
  }

  base::NoProgress progress_;
  std::unique_ptr<snapshot::Store> store_;
  state::Store state_;
  std::unique_ptr<operation::Catalogue> catalogue_;
  std::int64_t users_;
  std::int64_t round_ = 0;
  std::vector<std::optional<snapshot::Layer>> last_;
};

void grow(Site& site, std::int64_t users, std::int64_t kept, std::int64_t captures) {
  for (std::int64_t made = 0; captures == 0 ? site.kept() < kept : made < captures; made += users) {
    site.capture_all();
    if (!site.is_full_hour()) continue;
    if (captures > 0) site.prune(kept);
    site.collect();
  }
  if (captures > 0) site.prune(kept);
  site.collect();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: grow_store STORE STATE USERS KEPT CAPTURES\n");
    return 2;
  }
  try {
    const std::int64_t users = std::atoll(argv[3]);
    Site site(argv[1], argv[2], users);
    grow(site, users, std::atoll(argv[4]), std::atoll(argv[5]));
  } catch (const base::Error& e) {
    std::fprintf(stderr, "grow_store: %s\n", e.what());
    return 1;
  }
  return 0;
}
