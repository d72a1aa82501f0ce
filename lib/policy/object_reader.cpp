#include "policy/object_reader.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::policy {
namespace {

using base::Json;

constexpr std::size_t max_quoted = 60;

std::string one_of(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const auto& word : words) quoted.push_back("\"" + word + "\"");
  const std::string last = quoted.back();
  quoted.pop_back();
  return quoted.empty() ? last : base::join(quoted, ", ") + " or " + last;
}

std::string escaped(const std::string& key) {
  std::string result;
  for (const char c : key) result += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return base::printable(result);
}

// Without the library's name for the kind of error: "[json.exception.parse_error.101] ".
std::string plain(std::string_view what) {
  const auto end = what.find("] ");
  return std::string(what.substr(end == what.npos ? 0 : end + 2));
}

std::string must_be(const std::string& wanted, const Json& value) {
  return "must be " + wanted + ", not " + describe(value);
}

}  // namespace

std::string describe(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  const std::string text = value.is_string() ? "\"" + value.get<std::string>() + "\"" : value.dump();
  return base::printable(text.size() > max_quoted ? text.substr(0, max_quoted) + "…" : text);
}

ObjectReader::ObjectReader(const Json& object, std::string pointer, std::vector<DocumentProblem>& problems)
    : object_(object), pointer_(std::move(pointer)), problems_(problems) {}

std::string ObjectReader::pointer_to(const std::string& key) const { return pointer_ + "/" + escaped(key); }

bool ObjectReader::has(const std::string& key) {
  known_.push_back(key);
  return object_.contains(key);
}

void ObjectReader::complain(const std::string& key, const std::string& complaint) {
  problems_.push_back({key.empty() ? pointer_ : pointer_to(key), complaint});
}

const Json& ObjectReader::value(const std::string& key) {
  static const Json none;
  if (has(key)) return object_.at(key);
  complain("", "has no \"" + key + "\"");
  return none;
}

std::string ObjectReader::text(const std::string& key, const Format& format) {
  const Json& found = value(key);
  if (!has(key)) return {};
  if (found.is_string() && format.accepts(found.get_ref<const std::string&>()))
    return found.get<std::string>();
  complain(key, must_be(std::string(format.description), found));
  return {};
}

std::string ObjectReader::word(const std::string& key, const std::vector<std::string>& words) {
  const Json& found = value(key);
  if (!has(key)) return {};
  if (found.is_string() && std::ranges::find(words, found.get<std::string>()) != words.end())
    return found.get<std::string>();
  complain(key, must_be(one_of(words), found));
  return {};
}

int ObjectReader::integer(const std::string& key, int min, int max) {
  const Json& found = value(key);
  if (!has(key)) return min;
  if (found.is_number()) {
    const auto number = found.get<double>();
    if (std::floor(number) == number && number >= min && number <= max) return static_cast<int>(number);
  }
  complain(key, must_be("an integer from " + std::to_string(min) + " to " + std::to_string(max), found));
  return min;
}

double ObjectReader::number(const std::string& key, double min, double max) {
  const Json& found = value(key);
  if (!has(key)) return min;
  if (found.is_number() && found.get<double>() >= min && found.get<double>() <= max)
    return found.get<double>();
  complain(key, must_be("a number from " + Json(min).dump() + " to " + Json(max).dump(), found));
  return min;
}

std::vector<std::string> ObjectReader::texts(const std::string& key, const Format& format) {
  std::vector<std::string> result;
  const Json& found = value(key);
  if (!has(key)) return result;
  if (!found.is_array()) {
    complain(key, must_be("an array", found));
    return result;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].is_string() && format.accepts(found[i].get_ref<const std::string&>())) {
      result.push_back(found[i].get<std::string>());
    } else {
      problems_.push_back(
          {pointer_to(key) + "/" + std::to_string(i), must_be(std::string(format.description), found[i])});
    }
  }
  return result;
}

void ObjectReader::object(const std::string& key, const std::function<void(ObjectReader&)>& read) {
  const Json& found = value(key);
  if (!has(key)) return;
  if (!found.is_object()) return complain(key, must_be("an object", found));
  ObjectReader reader(found, pointer_to(key), problems_);
  read(reader);
  reader.end();
}

void ObjectReader::objects(const std::string& key, const std::function<void(ObjectReader&)>& read) {
  const Json& found = value(key);
  if (!has(key)) return;
  if (!found.is_array()) return complain(key, must_be("an array", found));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string pointer = pointer_to(key) + "/" + std::to_string(i);
    if (!found[i].is_object()) {
      problems_.push_back({pointer, must_be("an object", found[i])});
      continue;
    }
    ObjectReader reader(found[i], pointer, problems_);
    read(reader);
    reader.end();
  }
}

void ObjectReader::named(const std::string& key,
                         const std::function<void(ObjectReader&, const std::string& name)>& read) {
  object(key, [&](ObjectReader& reader) {
    for (const auto& [name, member] : reader.object_.items()) read(reader, name);
  });
}

void ObjectReader::end() {
  for (const auto& [key, member] : object_.items()) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    const auto near = base::nearest(key, known_);
    complain(key, "is not a known key" + (near ? "; did you mean \"" + *near + "\"?" : std::string()));
  }
}

std::optional<Json> parse_document(const std::string& text, std::vector<DocumentProblem>& problems) {
  std::vector<std::set<std::string>> seen;
  const auto note_keys = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) seen.emplace_back();
    if (event == Json::parse_event_t::object_end) seen.pop_back();
    if (event == Json::parse_event_t::key && !seen.back().insert(parsed.get<std::string>()).second)
      problems.push_back({"", "has the key " + describe(parsed) + " twice in one object"});
    return true;
  };
  try {
    Json json = Json::parse(text, note_keys);
    if (!json.is_object()) problems.push_back({"", must_be("an object", json)});
    return problems.empty() ? std::optional(std::move(json)) : std::nullopt;
  } catch (const Json::exception& error) {
    problems.push_back({"", "is not JSON: " + plain(error.what())});
    return std::nullopt;
  }
}

}  // namespace deskloom::policy
