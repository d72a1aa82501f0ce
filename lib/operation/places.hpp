#pragma once

#include "forecast/places.hpp"
#include "operation/usage_source.hpp"
#include "operation/user_heads.hpp"
#include "predict/place/file.hpp"

// Places are looked at of users who agree to it now, and of nobody else (SPEC D3).
namespace deskloom::operation {

// Learns from the weeks before until where users are, and puts it into the file; when nobody was seen,
// nothing.
void learn_places(const UsageSource& source, base::Timestamp until, predict::ModelFile& file);

// Where users will be in each of these hours, from what was seen before the first; made once an hour. Whoever
// no longer agrees is gone at once.
void foretell_places(const UsageSource& source, forecast::Store& store, const predict::ModelFile& file,
                     const UserHeads& heads, const forecast::HourlyOf& of);

}  // namespace deskloom::operation
