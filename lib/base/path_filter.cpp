#include "base/path_filter.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cstddef>

namespace deskloom::base {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (slash != 0) parts.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return parts;
}

bool matches_component(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

// Only the last "**" is ever tried again: an earlier one can take over nothing that the last cannot, so the
// work stays within pattern × path.
bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = pattern.size();
  std::size_t star_path = 0;
  while (n < path.size()) {
    if (p < pattern.size() && pattern[p] == "**") {
      if (p + 1 == pattern.size()) return true;  // "a/**" is all below a, and something is left here
      star = p++;
      star_path = n;
    } else if (p < pattern.size() && matches_component(pattern[p], path[n])) {
      ++p;
      ++n;
    } else if (star < pattern.size()) {
      p = star + 1;
      n = ++star_path;
    } else {
      return false;
    }
  }
  return p == pattern.size();
}

// Trailing blanks do not count unless the last is escaped.
std::string_view without_trailing_blanks(std::string_view text) {
  while (text.ends_with(' ') && !text.ends_with("\\ ")) text.remove_suffix(1);
  return text;
}

}  // namespace

PathFilter::PathFilter(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) add_rule(pattern, rules_);
}

void PathFilter::add_rule(std::string_view pattern, std::vector<Rule>& rules) {
  pattern = without_trailing_blanks(pattern);
  if (pattern.starts_with('#')) return;
  Rule rule;
  if (pattern.starts_with('!')) {
    rule.take_back = true;
    pattern.remove_prefix(1);
  }
  if (pattern.ends_with('/')) {
    rule.directories_only = true;
    pattern.remove_suffix(1);
  }
  rule.components = split(pattern);
  if (rule.components.empty()) return;
  rule.is_name = pattern.find('/') == std::string_view::npos && pattern != "**";
  rule.is_literal = pattern.find_first_of("*?[\\") == std::string_view::npos;
  rules.push_back(std::move(rule));
}

bool PathFilter::excluded_itself(const std::string& path, bool is_directory) const {
  const std::string_view whole = path;
  const std::string_view name =
      whole.substr(whole.rfind('/') + 1);  // ends with the path, so it is a C string too
  std::vector<std::string> components;
  const auto applies = [&](const Rule& rule) {
    if (rule.directories_only && !is_directory) return false;
    if (rule.is_name && rule.is_literal) return name == rule.components.front();
    if (rule.is_name) return fnmatch(rule.components.front().c_str(), name.data(), 0) == 0;
    if (components.empty()) components = split(path);
    return matches(rule.components, components);
  };
  const auto last = std::find_if(rules_.rbegin(), rules_.rend(), applies);
  return !path.empty() && last != rules_.rend() && !last->take_back;
}

bool PathFilter::excluded(const std::string& path, bool is_directory) const {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (excluded_itself(path.substr(0, slash), true)) return true;
  }
  return excluded_itself(path, is_directory);
}

}  // namespace deskloom::base
