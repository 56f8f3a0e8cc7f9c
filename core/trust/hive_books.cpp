#include "core/trust/hive_books.hpp"

#include "core/store/disk_file.hpp"
#include "core/trust/hive_folder.hpp"

#include <chrono>

namespace hive::trust {

namespace {

/// A register of the most nodes takes some 3 MB.
constexpr std::size_t longest_book = 16u << 20;

result<store::descriptor> lock(const store::home& where) {
  return store::lock_file(hive_files{where}.lock(), lock_patience);
}

template <class Book>
result<Book> read(const std::filesystem::path& from) {
  const auto text = store::read_text(from, longest_book);
  if (!text && text.why().code == errc::not_found) return Book{};
  if (!text) return text.why();
  const auto unreadable = [&] {
    return fail(errc::bad_config, from.string() + " cannot be read",
                "restore it from a backup; without it nobody can join");
  };
  const auto parsed = json::parse(*text);
  if (!parsed) return unreadable();
  auto book = Book::from_json(parsed->root());
  if (!book) return unreadable();
  return book;
}

template <class Book>
outcome write(const Book& what, const std::filesystem::path& to) {
  HIVE_CHECK(store::replace_file(to, json::text(what.to_json()) + "\n", 0600));
  return store::sync_folder(to.parent_path());
}

} // namespace

result<token_book> hive_books::tokens() const {
  return read<token_book>(hive_files{home_}.tokens());
}

result<node_register> hive_books::nodes() const {
  return read<node_register>(hive_files{home_}.nodes());
}

result<revocations> hive_books::revoked() const {
  return read<revocations>(hive_files{home_}.revoked());
}

outcome hive_books::change_tokens(const std::function<outcome(token_book&)>& change) {
  HIVE_TRY(const auto held, lock(home_));
  HIVE_TRY(auto book, tokens());
  HIVE_CHECK(change(book));
  return write(book, hive_files{home_}.tokens());
}

outcome hive_books::change_revoked(const std::function<outcome(revocations&)>& change) {
  HIVE_TRY(const auto held, lock(home_));
  HIVE_TRY(auto book, revoked());
  HIVE_CHECK(change(book));
  return write(book, hive_files{home_}.revoked());
}

outcome hive_books::change_all(const std::function<outcome(admission_books&)>& change) {
  HIVE_TRY(const auto held, lock(home_));
  admission_books books;
  HIVE_TRY(books.tokens, tokens());
  HIVE_TRY(books.nodes, nodes());
  HIVE_TRY(books.revoked, revoked());
  const auto before = books;
  HIVE_CHECK(change(books));
  // A token that is spent without its node being entered serves that node again; the other way
  // round it would serve two.
  if (books.tokens != before.tokens) {
    HIVE_CHECK(write(books.tokens, hive_files{home_}.tokens()));
  }
  if (books.nodes != before.nodes) {
    HIVE_CHECK(write(books.nodes, hive_files{home_}.nodes()));
  }
  if (books.revoked == before.revoked) return {};
  return write(books.revoked, hive_files{home_}.revoked());
}

} // namespace hive::trust
