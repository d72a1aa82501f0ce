#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "predict/connect/samples.hpp"
#include "predict/network/network.hpp"
#include "predict/network/session_tokens.hpp"

// The network that foretells connects: an encoder reads a user's past sessions; from its state, who the user
// is, and the features of a slot, a small perceptron says by how much a logistic regression over the same
// features, one for each band of the horizon, is wrong. So what regressions know need not be learnt again.
namespace deskloom::predict {

inline constexpr const char* connect_schema = "deskloom-connect-3";

enum class EncoderKind { lstm, transformer };

// Sizes of its parts. With the defaults it trains in minutes on two processors.
struct ConnectShape {
  EncoderKind encoder = EncoderKind::lstm;
  std::size_t state = 48;
  std::size_t heads = 4, widened = 64, blocks = 2;  // of a Transformer
  std::size_t user = 8, role = 4, department = 4;   // of their embeddings
  std::size_t wide = 96, narrow = 32;               // of the perceptron

  std::size_t who() const { return user + role + department; }
};

// Rows of embeddings in their order; a name that is not among them has the embedding 0.
struct Vocabulary {
  std::vector<std::string> users, roles, departments;
};

// Inputs are moved and scaled, and kept within these bounds, so that what was never seen moves little.
inline constexpr float most_input = 6;

void put_shape(ModelFile& model, const ConnectShape& shape);
void put_vocabulary(ModelFile& model, const Vocabulary& vocabulary);
// Throw Error(corrupt) when they are missing, malformed, or out of bounds.
ConnectShape shape_of(const ModelFile& model);
Vocabulary vocabulary_of(const ModelFile& model);

// A network within the file of a model that does more: its tensors and its metadata lie under "network.".
void put_network(ModelFile& file, const ModelFile& network);
// nullopt: it has none.
std::optional<ModelFile> network_in(const ModelFile& file);

class ConnectNetwork {
 public:
  // Throws Error(usage) when the model is of another schema, and Error(corrupt) when it is not whole.
  explicit ConnectNetwork(const ModelFile& model);

  // Of a user: the sum that the perceptron's first layer begins with, whatever the state and the slot.
  std::vector<float> who(const std::string& user, const Person& person) const;
  // States after each session of a context (session_tokens.hpp), state_width() numbers for each.
  std::vector<float> states(std::span<const Token> context) const;
  std::size_t state_width() const { return encoder_->state_width(); }

  // What heads build upon: the state, zeros when it is empty, and then the embeddings of who the user is.
  std::vector<float> knowledge(const std::string& user, const Person& person,
                               std::span<const float> state) const;
  std::size_t knowledge_width() const { return state_width() + shape_.who(); }

  // Logits of connecting in slots of a band of the horizon that share a user and a state, which is empty when
  // there was no session yet. out: as many as inputs.
  void logits(std::span<const float> who, std::span<const float> state, std::size_t band,
              std::span<const ConnectInputs> inputs, std::span<float> out) const;

 private:
  struct Embedding {
    std::vector<std::string> names;  // ascending, with their rows
    std::vector<std::size_t> rows;
    std::vector<float> values;
    std::size_t width = 0;

    Embedding(const ModelFile& model, const std::string& name, const std::vector<std::string>& of,
              std::size_t width);
    void append(const std::string& name, std::vector<float>& to) const;
  };
  void append_who(const std::string& user, const Person& person, std::vector<float>& to) const;

  ConnectShape shape_;
  std::unique_ptr<SequenceEncoder> encoder_;
  Embedding users_, roles_, departments_;
  Dense from_state_, from_who_, from_inputs_;  // the perceptron's first layer, by where its inputs come from
  Dense narrow_, last_;
  std::vector<float> mean_, factor_;  // of inputs
  std::vector<float> linear_;         // the regressions' weights, band after band
  float slope_ = 1, offset_ = 0;      // calibration of the logit (Platt 1999)
};

// One user's states, read as they are asked for.
class StateReader {
 public:
  StateReader(const ConnectNetwork& network, std::span<const Token> tokens)
      : network_(network), tokens_(tokens) {}

  // After that many sessions; empty after none. Valid until the next call.
  std::span<const float> after(std::size_t sessions);

 private:
  const ConnectNetwork& network_;
  std::span<const Token> tokens_;
  std::optional<std::size_t> begin_;  // of the context that was read last
  std::vector<float> states_;
};

}  // namespace deskloom::predict
