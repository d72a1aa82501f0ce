#pragma once

#include <memory>

namespace deskloom::base {

// Deleter for C handles: std::unique_ptr<virDomain, Deleter<virDomainFree>>.
template <auto function>
struct Deleter {
  template <typename T>
  void operator()(T* handle) const {
    static_cast<void>(function(handle));
  }
};

template <typename T, auto function>
using Handle = std::unique_ptr<T, Deleter<function>>;

}  // namespace deskloom::base
