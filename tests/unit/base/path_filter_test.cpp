#include "base/path_filter.hpp"

#include "support/catch.hpp"

using deskloom::base::PathFilter;

TEST_CASE("a pattern without a slash matches a name at any depth") {
  const PathFilter filter({"*.tmp"});
  CHECK(filter.excluded("a.tmp", false));
  CHECK(filter.excluded("x/y/.hidden.tmp", false));
  CHECK_FALSE(filter.excluded("a.tmpx", false));
  CHECK_FALSE(filter.excluded("", true));
}

TEST_CASE("a leading or inner slash anchors a pattern at the root") {
  const PathFilter filter({"/cache", "var/log"});
  CHECK(filter.excluded("cache", true));
  CHECK_FALSE(filter.excluded("x/cache", true));
  CHECK(filter.excluded("var/log", true));
  CHECK_FALSE(filter.excluded("x/var/log", true));
}

TEST_CASE("a trailing slash matches directories only, and all below them") {
  const PathFilter filter({"build/"});
  CHECK(filter.excluded("src/build", true));
  CHECK_FALSE(filter.excluded("src/build", false));
  CHECK(filter.excluded("src/build/a/b.o", false));
}

TEST_CASE("two stars span directories") {
  const PathFilter filter({"a/**/z", "logs/**", "**/deep/leaf"});
  CHECK(filter.excluded("a/z", false));
  CHECK(filter.excluded("a/b/c/z", false));
  CHECK_FALSE(filter.excluded("b/a/z", false));
  CHECK_FALSE(filter.excluded("logs", true));
  CHECK(filter.excluded("logs/today", false));
  CHECK(filter.excluded("x/y/deep/leaf", false));
  CHECK(filter.excluded("deep/leaf", false));
}

TEST_CASE("one star stops at a slash; brackets and escapes work") {
  const PathFilter filter({"/a/*", "![keep", "file[0-9]", "\\!bang", "q?"});
  CHECK(filter.excluded("a/b", false));
  CHECK(filter.excluded("a/b/c", false));  // below the excluded a/b
  CHECK(filter.excluded("file7", false));
  CHECK_FALSE(filter.excluded("filex", false));
  CHECK(filter.excluded("!bang", false));
  CHECK(filter.excluded("qx", false));
}

TEST_CASE("the last match wins, but nothing below an excluded directory comes back") {
  const PathFilter filter({"*.log", "!keep.log", "out/", "!out/keep.log"});
  CHECK(filter.excluded("a.log", false));
  CHECK_FALSE(filter.excluded("keep.log", false));
  CHECK(filter.excluded("out/keep.log", false));
}

TEST_CASE("comments, blanks and trailing blanks do nothing") {
  const PathFilter filter({"# a", "", "   ", "/", "b  ", "c\\ "});
  CHECK_FALSE(filter.excluded("# a", false));
  CHECK(filter.excluded("b", false));
  CHECK(filter.excluded("c ", false));
  CHECK_FALSE(filter.excluded("c", false));
}

TEST_CASE("many stars do not take exponential time") {
  std::string pattern;
  std::string path;
  for (int i = 0; i < 40; ++i) {
    pattern += "**/a/";
    path += "a/";
  }
  CHECK_FALSE(PathFilter({pattern + "b"}).excluded(path + "c", false));
  CHECK_FALSE(PathFilter({"*a*a*a*a*a*a*a*a*a*b"}).excluded(std::string(200, 'a'), false));
}

TEST_CASE("on the way down a tree, only the path itself is asked about") {
  const PathFilter filter({"cache/", "*.log", "!keep.log", "/a/b", "x/**/y"});
  CHECK(filter.excluded_itself("home/cache", true));
  CHECK_FALSE(filter.excluded_itself("home/cache", false));
  CHECK_FALSE(filter.excluded_itself("cache/in it", false));
  CHECK(filter.excluded_itself("deep/in/some.log", false));
  CHECK_FALSE(filter.excluded_itself("deep/keep.log", false));
  CHECK(filter.excluded_itself("a/b", true));
  CHECK(filter.excluded_itself("x/1/2/y", false));
  CHECK_FALSE(filter.excluded_itself("", true));
}
