#pragma once

#include <libical/ical.h>

#include "base/handle.hpp"

namespace deskloom::ingest::ical {

using Component = base::Handle<icalcomponent, icalcomponent_free>;
using Property = base::Handle<icalproperty, icalproperty_free>;
using Recurrence = base::Handle<icalrecur_iterator, icalrecur_iterator_free>;

}  // namespace deskloom::ingest::ical
