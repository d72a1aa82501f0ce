#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "domain/app_persona.hpp"
#include "policy/object_reader.hpp"

namespace deskloom::policy {

// A document as config/schema/application-persona.schema.json describes it; deskloom-app(1) says what its
// members mean. Strict: an unknown key or a value of the wrong kind is a problem.
struct AppPersonaReading {
  std::optional<domain::AppPersona> persona;  // unset when there are problems
  std::vector<DocumentProblem> problems;
};
AppPersonaReading read_app_persona(const std::string& text);

struct AppPersonaFile {
  std::filesystem::path file;
  AppPersonaReading reading;
};
// Each of the files. One that cannot be read is a problem too, and so is an id that an earlier file has.
std::vector<AppPersonaFile> read_app_personas(const std::vector<std::filesystem::path>& files);

// The *.json files of a directory, in the order of their names; none when it is not there.
std::vector<std::filesystem::path> app_persona_files(const std::filesystem::path& directory);

// All of a directory, in the order of their ids. Throws Error(usage) "FILE: POINTER: what is wrong".
std::vector<domain::AppPersona> load_app_personas(const std::filesystem::path& directory);

// As in the document, with all that was left out.
base::Json to_json(const domain::AppPersona& persona);
// The same as read_app_persona reads it back.
std::string document_of(const domain::AppPersona& persona);

}  // namespace deskloom::policy
