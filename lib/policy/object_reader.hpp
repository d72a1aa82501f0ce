#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "policy/formats.hpp"

namespace deskloom::policy {

// What is wrong at one place of a JSON document.
struct DocumentProblem {
  std::string pointer;    // RFC 6901; "" is the whole document
  std::string complaint;  // "must be an integer from 1 to 1024, not \"two\""
};

// The members of one JSON object, each checked as it is taken. What is wrong is noted and read as nothing, so
// that one look at a document finds all of it; the caller uses what was read only when nothing was noted.
class ObjectReader {
 public:
  ObjectReader(const base::Json& object, std::string pointer, std::vector<DocumentProblem>& problems);

  bool has(const std::string& key);
  // Each of these wants the member, and notes when it is missing: ask has() first for one that may be left
  // out.
  std::string text(const std::string& key, const Format& format);
  std::string word(const std::string& key, const std::vector<std::string>& words);
  int integer(const std::string& key, int min, int max);
  double number(const std::string& key, double min, double max);
  std::vector<std::string> texts(const std::string& key, const Format& format);
  void object(const std::string& key, const std::function<void(ObjectReader&)>& read);
  // An array of objects.
  void objects(const std::string& key, const std::function<void(ObjectReader&)>& read);
  // An object whose keys are names of the writer's choice. read takes the members by those names.
  void named(const std::string& key, const std::function<void(ObjectReader&, const std::string& name)>& read);
  // The member itself, for what is none of these; null when it is missing, which is noted.
  const base::Json& value(const std::string& key);

  void complain(const std::string& key, const std::string& complaint);
  // Notes keys that were never taken, and the nearest known one. Call it last.
  void end();

 private:
  std::string pointer_to(const std::string& key) const;

  const base::Json& object_;
  std::string pointer_;
  std::vector<DocumentProblem>& problems_;
  std::vector<std::string> known_;
};

// "\"two\"", "1.5", "an array", "missing": for complaints.
std::string describe(const base::Json& value);

// The document; nullopt, with the line in a problem, when it is not JSON, not an object, or has a key twice.
std::optional<base::Json> parse_document(const std::string& text, std::vector<DocumentProblem>& problems);

}  // namespace deskloom::policy
