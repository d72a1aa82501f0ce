#include "policy/policy.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "policy/defaults.hpp"
#include "policy/keys.hpp"

namespace deskloom::policy {
namespace {

template <typename Section>
const Section& find(const std::map<std::string, Section>& sections, const std::string& kind,
                    const std::string& name) {
  if (const auto found = sections.find(name); found != sections.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [other, section] : sections) known.push_back(other);
  const auto near = base::nearest(name, known);
  throw base::Error(base::ErrorKind::not_found, "policy has no " + kind + " '" + base::printable(name) + "'",
                    near            ? "did you mean '" + *near + "'?"
                    : known.empty() ? "describe one in a section [" + kind + ".NAME]"
                                    : kind + "s: " + base::join(known, ", "));
}

template <typename Section>
base::Json section_json(const Section& section, const Keys<Section>& keys) {
  base::Json json = base::Json::object();
  for (const auto& key : keys) json[key.name] = key.get(section);
  return json;
}

template <typename Section>
void add_docs(std::vector<KeyDoc>& docs, const std::string& section, const Keys<Section>& keys,
              const Section& defaults) {
  for (const auto& key : keys) {
    const base::Json value = key.get(defaults);
    const bool none = value.is_null() || value == "";
    docs.push_back({section, key.name, key.type, none ? "" : value.dump(), key.meaning});
  }
}

}  // namespace

domain::Allocation Pool::full() const { return {vcpus, memory_bytes, network_rate, storage_rate, gpus}; }

domain::Allocation Pool::minimal() const {
  const auto or_full = [](auto minimal, auto full) { return minimal == 0 ? full : minimal; };
  return {or_full(minimal_vcpus, vcpus), or_full(minimal_memory_bytes, memory_bytes),
          or_full(minimal_network_rate, network_rate), or_full(minimal_storage_rate, storage_rate), 0};
}

std::string address(const Host& host) {
  if (host.engine == "libvirt") return host.uri;
  if (!host.context && !host.kube_namespace) return host.engine;
  return host.engine + ":" + host.context.value_or("") + "/" + host.kube_namespace.value_or("");
}

const Host& Policy::host(const std::string& name) const { return find(hosts, "host", name); }
const Pool& Policy::pool(const std::string& name) const { return find(pools, "pool", name); }
const Stage& Policy::stage(const std::string& name) const { return find(stages, "stage", name); }
const Mode& Policy::mode(const std::string& name) const { return find(modes, "mode", name); }

domain::ScaleRule Scale::rule() const {
  domain::ScaleRule rule;
  rule.metric = metric;
  rule.is_above = above_percent.has_value();
  rule.percent = above_percent.value_or(below_percent.value_or(0));
  rule.minutes = minutes;
  rule.scale = scale;
  rule.by = by;
  rule.limit = limit;
  return rule;
}

base::Json to_json(const Pool& pool) { return section_json(pool, pool_keys()); }

base::Json to_json(const Policy& policy) {
  base::Json json = section_json(policy, policy_keys());
  json["host"] = base::Json::object();
  for (const auto& [name, host] : policy.hosts) json["host"][name] = section_json(host, host_keys());
  json["pool"] = base::Json::object();
  for (const auto& [name, pool] : policy.pools) json["pool"][name] = to_json(pool);
  json["capture"] = section_json(policy.capture, capture_keys());
  json["keep"] = section_json(policy.keep, keep_keys());
  json["store"] = section_json(policy.store, store_keys());
  json["history"] = section_json(policy.history, history_keys());
  json["forecast"] = section_json(policy.forecast, forecast_keys());
  json["application"] = base::Json::object();
  for (const auto& application : policy.applications)
    json["application"][application.name] = section_json(application, application_keys());
  json["mode"] = base::Json::object();
  for (const auto& [name, mode] : policy.modes) json["mode"][name] = section_json(mode, mode_keys());
  json["stage"] = base::Json::object();
  for (const auto& [name, stage] : policy.stages) json["stage"][name] = section_json(stage, stage_keys());
  json["scale"] = base::Json::object();
  for (const auto& [name, scale] : policy.scales) json["scale"][name] = section_json(scale, scale_keys());
  json["price"] = base::Json::object();
  for (const auto& [name, price] : policy.prices) json["price"][name] = section_json(price, price_keys());
  json["spot"] = section_json(policy.spot, spot_keys());
  json["files"] = base::Json::array();
  for (const auto& file : policy.files) json["files"].push_back(file.string());
  return json;
}

std::vector<KeyDoc> documented_keys() {
  const Policy defaults = built_in_policy();
  std::vector<KeyDoc> docs;
  add_docs(docs, "", policy_keys(), defaults);
  add_docs(docs, "host.NAME", host_keys(), Host{});
  add_docs(docs, "pool.NAME", pool_keys(), Pool{});
  add_docs(docs, "capture", capture_keys(), defaults.capture);
  add_docs(docs, "keep", keep_keys(), defaults.keep);
  add_docs(docs, "store", store_keys(), defaults.store);
  add_docs(docs, "history", history_keys(), defaults.history);
  add_docs(docs, "forecast", forecast_keys(), defaults.forecast);
  add_docs(docs, "application.NAME", application_keys(), Application{});
  add_docs(docs, "mode.NAME", mode_keys(), Mode{});
  add_docs(docs, "stage.NAME", stage_keys(), Stage{});
  add_docs(docs, "scale.NAME", scale_keys(), Scale{});
  add_docs(docs, "price.NAME", price_keys(), Price{});
  add_docs(docs, "spot", spot_keys(), Spot{});
  return docs;
}

}  // namespace deskloom::policy
