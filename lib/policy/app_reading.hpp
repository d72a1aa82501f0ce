#pragma once

#include "domain/app_persona.hpp"
#include "policy/object_reader.hpp"

// What the document of an application persona, and its components, have in common. policy's own.
namespace deskloom::policy {

domain::AppResources take_resources(ObjectReader& reader);
domain::AppSource take_source(ObjectReader& reader);
// Complains about one that is asked for of a container.
void refuse_storage_rate(ObjectReader& reader, const domain::AppSource& source,
                         const domain::AppResources& resources);
std::vector<domain::AppComponent> take_components(ObjectReader& reader);

}  // namespace deskloom::policy
