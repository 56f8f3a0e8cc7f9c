#include "tests/support/catch.hpp"
#include "tests/vendors/script.hpp"
#include "vendors/metalink.hpp"

using namespace hive;
using namespace hive::vendors;

namespace {

const std::string hash_a(64, 'a');

std::string document(const std::string& files) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">" +
         files + "</metalink>";
}

std::string why(const std::string& text) {
  const auto got = read_metalink("the Metalink", text);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::unreadable_reply);
  return got.why().detail;
}

} // namespace

TEST_CASE("a Metalink names files, digests and addresses in their order") {
  const auto got = read_metalink("x", document(R"(<published>2026-01-01T00:00:00Z</published>
    <file name="dir/m.gguf"><identity>x</identity><size>14471447</size>
      <hash type="sha-1">00</hash><hash type="sha-256"> )" +
                                               hash_a + R"( </hash>
      <pieces length="1024" type="sha-256"><hash>00</hash></pieces>
      <url>https://last/m.gguf</url><url priority="2" location="de"> https://second/m.gguf </url>
      <url priority="1">http://first/m.gguf?x=1&amp;y=2</url><url priority="1">ftp://old/m.gguf</url>
      <metaurl mediatype="torrent">https://t/m.torrent</metaurl></file>
    <file name="b"><url>https://h/b</url></file>)"));
  REQUIRE(got);
  REQUIRE(got->size() == 2);
  const auto& m = got->front();
  CHECK(m.name == "dir/m.gguf");
  CHECK(m.size == 14471447u);
  CHECK(m.expected == digest{digest_kind::sha256, hash_a});
  CHECK(m.urls == std::vector<std::string>{"http://first/m.gguf?x=1&y=2", "https://second/m.gguf",
                                           "https://last/m.gguf"});
  CHECK(m.others == std::vector<std::string>{"ftp://old/m.gguf", "https://t/m.torrent"});
  CHECK_FALSE(got->back().size);
  CHECK_FALSE(got->back().expected);
}

TEST_CASE("what is no Metalink is refused with the reason") {
  CHECK(holds(why("{}"), "no XML"));
  CHECK(holds(why(document("<file")), "no XML"));
  CHECK(holds(why("<html></html>"), "no Metalink"));
  CHECK(holds(why("<metalink version=\"3.0\"></metalink>"), "version 4"));
  CHECK(holds(why(document("")), "no files"));
  CHECK(holds(why(document("<file name='a'/><file name='a'/>")), "twice"));
  CHECK(holds(why(document("<file name='a'><size>-1</size></file>")), "size"));
  CHECK(holds(why(document("<file name='a'><size>99999999999999999</size></file>")), "size"));
  CHECK(holds(why(document("<file name='a'><hash type='sha-256'>zz</hash></file>")), "sha-256"));
  CHECK(holds(why(std::string((4u << 20) + 1, ' ')), "4 MiB"));
}

TEST_CASE("a Metalink has bounds, and entities of its own mean nothing") {
  std::string files;
  for (int i = 0; i < 10'001; ++i) files += "<file name='" + std::to_string(i) + "'/>";
  CHECK(holds(why(document(files)), "10,000"));
  std::string urls;
  for (int i = 0; i < 101; ++i) urls += "<url>https://h/" + std::to_string(i) + "</url>";
  CHECK(holds(why(document("<file name='a'>" + urls + "</file>")), "100 addresses"));
  const std::string deep(100'000, '<');
  CHECK_FALSE(read_metalink("x", deep));
  std::string nested;
  for (int i = 0; i < 200'000; ++i) nested += "<a>";
  for (int i = 0; i < 200'000; ++i) nested += "</a>";
  CHECK(holds(why(document(nested)), "no files"));
  const auto own =
      read_metalink("x", "<!DOCTYPE m [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" +
                             document("<file name='a'><url>https://h/&e;</url></file>").substr(39));
  if (own) CHECK(own->front().urls.front() == "https://h/&e;");
}
