#include "core/net/file_headers.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::net;

TEST_CASE("a file's name is read from Content-Disposition, without folders") {
  const auto name = [](std::string value) {
    return disposition_name({{"content-disposition", std::move(value)}});
  };
  CHECK(name("attachment; filename=model.gguf") == "model.gguf");
  CHECK(name("attachment; filename=\"a b; c.gguf\"") == "a b; c.gguf");
  CHECK(name("Attachment;FILENAME=\"x.bin\"; size=3") == "x.bin");
  CHECK(name("attachment; filename=\"a\\\"b.bin\"") == "a\"b.bin");
  CHECK(name("attachment; filename=\"old.bin\"; filename*=UTF-8''n%C3%A4me%20x.bin") ==
        "n\xC3\xA4me x.bin");
  CHECK(name("attachment; filename*=utf-8'en'x.bin; filename=old.bin") == "x.bin");
  CHECK(name("attachment; filename*=UTF-8''%zz; filename=old.bin") == "old.bin");
  CHECK(name("attachment; filename*=ISO-8859-1''%E4; filename=old.bin") == "old.bin");
  CHECK(name("attachment; filename*=UTF-8''%C3; filename=old.bin") == "old.bin");
  CHECK(name("attachment; filename*=UTF-8''a%0Ab; filename=old.bin") == "old.bin");
  CHECK(name("attachment; filename=\"../../etc/passwd\"") == "passwd");
  CHECK(name("attachment; filename=\"..\\\\..\\\\boot.ini\"") == "boot.ini");
  CHECK(name("attachment; filename*=UTF-8''..%2F..%2Fx") == "x");
  CHECK(name("attachment; filename=\"\xff\"").empty());
  CHECK(name("inline").empty());
  CHECK(name("").empty());
  CHECK(disposition_name({}).empty());
}

TEST_CASE("an announced SHA-256 is that of the whole file") {
  const std::string base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  const digest empty{digest_kind::sha256, sha256_hex("")};
  const auto found = [](const std::string& name, std::string value) {
    return announced_digest({{name, std::move(value)}});
  };
  CHECK(found("repr-digest", "sha-256=:" + base64 + ":") == empty);
  CHECK(found("repr-digest", "sha-512=:AA==:, sha-256=:" + base64 + ":") == empty);
  CHECK(found("digest", "SHA-256=" + base64) == empty);
  CHECK(found("digest", "md5=AAAA,sha-256=" + base64) == empty);
  CHECK_FALSE(found("digest", "SHA-256=" + base64.substr(1)));
  CHECK_FALSE(found("digest", "SHA-256=" + std::string(44, '!')));
  CHECK_FALSE(found("content-digest", "sha-256=:" + base64 + ":"));
  CHECK_FALSE(found("digest", ""));
  CHECK_FALSE(announced_digest({}));
}

TEST_CASE("links carry their relations, type and priority") {
  const auto all = links_of({{"link", "<http://a/x>; rel=duplicate; pri=2, "
                                      "<http://b/x>; pri=1; rel=\"duplicate x\""},
                             {"link", "</x.meta4>; rel=describedby; "
                                      "type=\"application/metalink4+xml\""},
                             {"link", "broken"}});
  REQUIRE(all.size() == 3);
  CHECK(all[0].target == "http://a/x");
  CHECK(all[0].priority == 2u);
  CHECK(all[1].relations == "duplicate x");
  CHECK(all[1].priority == 1u);
  CHECK(all[2].type == "application/metalink4+xml");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "<http://a/>; rel=next,";
  CHECK(links_of({{"link", many}}).size() == 256);
}
