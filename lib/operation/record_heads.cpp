#include "operation/record_heads.hpp"

#include <memory>

namespace deskloom::operation {

predict::HeadAt RecordHeads::at(const std::string& name, predict::HeadKind kind, std::size_t inputs) {
  auto found = predict::Head::in(file_, name, kind, knowledge_.width(), inputs);
  if (!found) return {};
  const auto head = std::make_shared<const predict::Head>(*std::move(found));
  return [this, head](const std::string& user, std::int64_t time_s) {
    return predict::HeadOfUser{*head, head->context(knowledge_.values(knowledge_.row(user, time_s)))};
  };
}

}  // namespace deskloom::operation
