#pragma once
/// The answer to a question from outside the actor world, given exactly once.

#include "actors/node.hpp"

#include <memory>
#include <utility>

namespace hive::actors {

/// Calls back exactly once: with what it is given, or when it is dropped unanswered.
template <class T>
class promised_reply {
 public:
  explicit promised_reply(reply_to<T> call) : call_(std::move(call)) {}
  ~promised_reply() { give(fail(errc::shutting_down, "the node is stopping")); }
  promised_reply(const promised_reply&) = delete;
  promised_reply& operator=(const promised_reply&) = delete;

  void give(result<T> got) {
    if (auto call = std::exchange(call_, nullptr)) call(std::move(got));
  }

 private:
  reply_to<T> call_;
};

/// A reply that may be captured by both handlers of a question.
template <class T>
std::shared_ptr<promised_reply<T>> promise(reply_to<T> call) {
  return std::make_shared<promised_reply<T>>(std::move(call));
}

} // namespace hive::actors
