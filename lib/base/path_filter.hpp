#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deskloom::base {

// Which paths of a tree to leave out, by the rules of gitignore(5): '*', '?', '[…]', '**', a leading or inner
// '/' anchors, a trailing '/' means directories only, '!' takes back, '#' comments, the last match wins, and
// nothing below an excluded directory can be taken back.
class PathFilter {
 public:
  explicit PathFilter(const std::vector<std::string>& patterns);
  // path: relative to the tree's root, '/'-separated; the root itself ("") is never excluded.
  bool excluded(const std::string& path, bool is_directory) const;
  // The same where the directories above are known not to be excluded, as on the way down a tree.
  bool excluded_itself(const std::string& path, bool is_directory) const;

 private:
  struct Rule {
    std::vector<std::string> components;
    bool is_name = false;     // one component, at any depth
    bool is_literal = false;  // that, without wildcards
    bool take_back = false;
    bool directories_only = false;
  };
  static void add_rule(std::string_view pattern, std::vector<Rule>& rules);

  std::vector<Rule> rules_;
};

}  // namespace deskloom::base
