#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "support/guest_peers.hpp"
#include "support/temp_world.hpp"

namespace deskloom::test {

// What calls at the channel do before they go on: the places where a host can be hit in the middle of a
// stitch.
class HookedChannel : public base::Channel {
 public:
  HookedChannel(std::unique_ptr<base::Channel> channel, std::function<void()> hook)
      : channel_(std::move(channel)), hook_(std::move(hook)) {}
  std::size_t read(std::span<std::byte> buffer) override {
    hook_();
    return channel_->read(buffer);
  }
  void write(std::span<const std::byte> bytes) override {
    hook_();
    channel_->write(bytes);
  }

 private:
  std::unique_ptr<base::Channel> channel_;
  std::function<void()> hook_;
};

// Guests of this world are ann's account on this machine, with the real helper in them.
class AnnsGuests {
 public:
  AnnsGuests(
      TempWorld& world, const guest::test::TestUser& ann, std::function<void()> hook = [] {}) {
    const auto wrap = [hook = std::move(hook)](std::unique_ptr<base::Channel> channel) {
      return std::unique_ptr<base::Channel>(std::make_unique<HookedChannel>(std::move(channel), hook));
    };
    world.world().connect = [this, &ann, wrap](fleet::Runtime&, const std::string&) {
      helpers_.push_back(std::make_unique<guest::test::Helper>(ann, "", guest::Limits{}, wrap));
      return helpers_.back()->take_client();
    };
  }

 private:
  std::vector<std::unique_ptr<guest::test::Helper>> helpers_;
};

}  // namespace deskloom::test
