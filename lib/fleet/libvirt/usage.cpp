#include "fleet/libvirt/usage.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

constexpr unsigned wanted =
    VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_INTERFACE;
constexpr std::uint64_t kib = 1024;

void free_records(virDomainStatsRecordPtr* records) { virDomainStatsRecordListFree(records); }
using Records = base::Handle<virDomainStatsRecordPtr, free_records>;

// The fields of one domain: "cpu.time", "net.0.rx.bytes".
class Fields {
 public:
  explicit Fields(const virDomainStatsRecord& record) : record_(record) {}

  std::optional<std::uint64_t> number(const char* name) const {
    unsigned long long value = 0;
    return virTypedParamsGetULLong(record_.params, record_.nparams, name, &value) == 1 ? std::optional(value)
                                                                                       : std::nullopt;
  }
  // Of all "prefix….suffix".
  std::uint64_t sum(std::string_view prefix, std::string_view suffix) const {
    std::uint64_t sum = 0;
    for (int i = 0; i < record_.nparams; ++i) {
      const std::string_view name = record_.params[i].field;
      if (name.starts_with(prefix) && name.ends_with(suffix) &&
          record_.params[i].type == VIR_TYPED_PARAM_ULLONG)
        sum += record_.params[i].value.ul;
    }
    return sum;
  }

 private:
  const virDomainStatsRecord& record_;
};

std::uint64_t memory_of(const Fields& fields) {
  const auto available = fields.number("balloon.available"), usable = fields.number("balloon.usable");
  if (available && usable && *usable <= *available) return (*available - *usable) * kib;
  return fields.number("balloon.rss").value_or(0) * kib;
}

// Of all disks. Not VIR_DOMAIN_STATS_BLOCK: it has QEMU list all block nodes, and QEMU 7.2 crashes when that
// meets the end of a copy (served_volume.cpp).
std::uint64_t storage_bytes(virDomainPtr domain) {
  virDomainBlockStatsStruct all{};
  if (virDomainBlockStats(domain, "", &all, sizeof all) != 0) return 0;  // it has ended meanwhile
  return static_cast<std::uint64_t>(std::max(all.rd_bytes, 0LL)) +
         static_cast<std::uint64_t>(std::max(all.wr_bytes, 0LL));
}

InstanceUsage usage_of(const virDomainStatsRecord& record) {
  const Fields fields(record);
  return {virDomainGetName(record.dom), fields.number("cpu.time").value_or(0), memory_of(fields),
          fields.sum("net.", ".rx.bytes") + fields.sum("net.", ".tx.bytes"), storage_bytes(record.dom)};
}

}  // namespace

std::vector<InstanceUsage> usage_of_domains(const Connection& connection) {
  virDomainStatsRecordPtr* raw = nullptr;
  const int count =
      virConnectGetAllDomainStats(connection.get(), wanted, &raw, VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE);
  const Records records(raw);
  if (count < 0) throw last_libvirt_error("cannot read the statistics of the instances");
  std::vector<InstanceUsage> usage;
  for (int i = 0; i < count; ++i) usage.push_back(usage_of(*raw[i]));
  return usage;
}

}  // namespace deskloom::fleet
