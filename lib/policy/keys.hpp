#pragma once

#include <functional>
#include <string>
#include <vector>

#include "policy/document.hpp"
#include "policy/policy.hpp"

namespace deskloom::policy {

// One key of one kind of section: what `config show`, deskloom.toml(5) and the checks all read.
template <typename Section>
struct Key {
  std::string name;
  std::string type;  // "an integer from 0 to 10000": completes "'floor' must be …"
  std::string meaning;
  std::function<void(Section&, const Value&)> set;  // throws Error(usage) when the value does not fit
  std::function<base::Json(const Section&)> get;    // as it would stand in the file; null: not set
};

template <typename Section>
using Keys = std::vector<Key<Section>>;

const Keys<Policy>& policy_keys();  // those at the top level
const Keys<Host>& host_keys();
const Keys<Pool>& pool_keys();
const Keys<Capture>& capture_keys();
const Keys<Keep>& keep_keys();
const Keys<Storage>& store_keys();
const Keys<History>& history_keys();
const Keys<Forecast>& forecast_keys();
const Keys<Application>& application_keys();
const Keys<Mode>& mode_keys();
const Keys<Stage>& stage_keys();
const Keys<Scale>& scale_keys();
const Keys<Price>& price_keys();
const Keys<Spot>& spot_keys();

}  // namespace deskloom::policy
