#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "snapshot/store.hpp"
#include "snapshot/transfer/message.hpp"

namespace deskloom::snapshot::transfer {

// One snapshot of a store, as far as one must know it to choose.
struct Listed {
  std::string id;
  base::Timestamp created_at{};  // 1970 when its manifest is damaged, or its key is not here
  std::string user;              // metadata's; empty when there is none
};

// Oldest first. user empty: everybody's.
std::vector<Listed> list_store(const Store& store, const std::string& user);
// Both ends of the request `list`.
void answer_list(const Store& store, ByteView request, Messages& peer);
std::vector<Listed> ask_list(const std::string& user, Messages& peer);

// Metadata's member "user", when it is text.
std::string user_of(const Snapshot& snapshot);

// In messages, where no snapshot is meant.
inline constexpr std::string_view no_snapshot = "00000000000000000000000000000000";

// Ids of snapshots as messages have them. Throws Error(corrupt).
void write_id(const std::string& id, ByteWriter& out);
std::string read_id(ByteReader& in);
std::vector<std::string> read_ids(ByteReader& in);

}  // namespace deskloom::snapshot::transfer
