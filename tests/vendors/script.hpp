#pragma once
/// Recorded replies for a conversation: a table from "METHOD url" to what comes back, and a log of
/// what was asked. Whatever is not in the table is a bare 404.

#include "core/net/message.hpp"
#include "vendors/conversation.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace hive::vendors {

inline net::reply reply_of(int status, std::string body, net::header_list headers = {}) {
  net::reply out;
  out.head.status = status;
  out.head.headers = std::move(headers);
  out.body = std::move(body);
  return out;
}

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class script {
 public:
  script& on(const std::string& url, int status, std::string body = {},
             net::header_list headers = {}) {
    table_.insert_or_assign("GET " + url, reply_of(status, std::move(body), std::move(headers)));
    return *this;
  }
  script& list(const std::string& url, int status, std::string body = {}) {
    table_.insert_or_assign("LIST " + url, reply_of(status, std::move(body)));
    return *this;
  }
  script& text(const std::string& url, int status, std::string body = {}) {
    table_.insert_or_assign("READ " + url, reply_of(status, std::move(body)));
    return *this;
  }
  script& recipe(const std::string& url, int status, std::string body) {
    table_.insert_or_assign("RECIPE " + url, reply_of(status, std::move(body)));
    return *this;
  }
  /// The network fails at this question.
  script& broken(const std::string& url, failure why) {
    table_.insert_or_assign("GET " + url, std::move(why));
    return *this;
  }

  result<net::reply> answer_to(const net::request& wanted) {
    const auto line = wanted.method + " " + wanted.url;
    asked.push_back(line);
    requests.push_back(wanted);
    const auto at = table_.find(line);
    if (at == table_.end()) return reply_of(404, "");
    auto out = at->second;
    if (out && out->head.url.empty()) out->head.url = wanted.url;
    return out;
  }

  /// At most `most` questions are answered, so that a conversation without end fails a test.
  template <class T>
  result<T> play(conversation<T> talk, std::size_t most = 5000) {
    while (const auto* wanted = talk.wants()) {
      if (asked.size() >= most) return fail(errc::overloaded, "the conversation does not end");
      talk.answer(answer_to(*wanted));
    }
    return std::move(talk).value();
  }

  std::vector<std::string> asked; ///< "GET https://…" in order
  std::vector<net::request> requests;

 private:
  std::map<std::string, result<net::reply>> table_;
};

} // namespace hive::vendors
