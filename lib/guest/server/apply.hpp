#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "guest/server/attributes.hpp"
#include "guest/server/file_writer.hpp"
#include "guest/server/home.hpp"
#include "guest/server/remove.hpp"

namespace deskloom::guest {

// Makes a home hold the given nodes. What fails with one node is noted and the others go on; a file that was
// not replaced is as it was. To be used under AsUser, which is what confines it; the checks here are against
// a damaged store on the host.
class Apply {
 public:
  // Throws Error(usage) when nodes contradict each other. remove_others needs the home itself among them: an
  // empty list must not empty a home.
  Apply(Home& home, const Identity& identity, const Selection& selection, std::vector<GuestNode> nodes,
        bool remove_others);

  // Makes directories, links and FIFOs; returns which nodes' contents are wanted.
  std::vector<bool> prepare();
  void begin_file(std::uint64_t index);
  void data(std::string_view bytes);
  void hole(std::uint64_t size);
  void end_file();
  // Hard links, removals, then what writing below a directory has changed about it.
  Pairs finish();

 private:
  void check_nodes();
  bool place(std::size_t index);
  void place_directory(const GuestNode& node, const Home::Place& at,
                       const std::optional<GuestNode>& existing);
  void place_link(const GuestNode& node, const Home::Place& at, const std::optional<GuestNode>& existing);
  void place_fifo(const GuestNode& node, const Home::Place& at, const std::optional<GuestNode>& existing);
  bool is_file_wanted(std::size_t index, const std::optional<GuestNode>& existing);
  void make_way(const std::string& path, const Home::Place& at);
  void link_to_first(const GuestNode& node);
  void set_attributes(const GuestNode& node);
  template <typename Step>
  void try_for(const GuestNode& node, Step step);
  template <typename Step>
  void write(Step step);

  Home& home_;
  std::vector<GuestNode> nodes_;
  std::vector<std::size_t> order_;  // parents before children
  std::unordered_map<std::string_view, std::size_t> named_;
  std::unordered_map<std::uint64_t, std::size_t> first_of_group_;
  Notes notes_;
  TreeRemover remover_;
  bool remove_others_;
  std::optional<Attributes> attributes_;
  std::size_t current_ = 0;
  std::unique_ptr<FileWriter> writer_;
};

}  // namespace deskloom::guest
