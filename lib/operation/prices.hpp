#pragma once

#include <string>
#include <vector>

#include "plan/price.hpp"
#include "policy/policy.hpp"

namespace deskloom::operation {

// Policy's alone.
plan::PriceList list_prices(const policy::Policy& policy);
// Policy's prices and those of its spot file. A file that is missing or was changed too long ago counts as
// not there; notes says so. Throws as read_spot_prices.
plan::PriceList price_list(const policy::Policy& policy, base::Timestamp now,
                           std::vector<std::string>& notes);

// Of those: the same as long as the same prices hold. Throws as read_spot_prices.
std::string prices_digest(const policy::Policy& policy, base::Timestamp now);

}  // namespace deskloom::operation
