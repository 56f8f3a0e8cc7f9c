#include "core/base/redact.hpp"
#include "tests/support/catch.hpp"

#include <chrono>

using namespace hive;

TEST_CASE("secrets are replaced and the rest of the text stays") {
  const std::pair<std::string, std::string> table[] = {
      // Headers, as curl dumps them.
      {"> Authorization: Bearer hf_abcdEFGH1234\r\n> Accept: */*\r\n",
       "> Authorization: [redacted]\r\n> Accept: */*\r\n"},
      {"authorization: Basic dXNlcjpwYXNz", "authorization: [redacted]"},
      {"Proxy-Authorization: Digest username=\"u\", response=\"0123\"\nnext",
       "Proxy-Authorization: [redacted]\nnext"},
      {"curl -H 'Authorization: Bearer abc' https://host/x",
       "curl -H 'Authorization: [redacted]' https://host/x"},
      {"Set-Cookie: session=1; path=/\r\nEtag: 5", "Set-Cookie: [redacted]\r\nEtag: 5"},
      {"sent Bearer s3cr3t to it", "sent Bearer [redacted] to it"},
      {"sent bearer AbCdEf to it", "sent bearer [redacted] to it"},
      {"sent Basic dXNlcjpwYXNz== to it", "sent Basic [redacted] to it"},
      // JSON text.
      {R"({"Authorization":"Bearer abc","a":1})", R"({"Authorization":"[redacted]","a":1})"},
      {R"({"token": "whatever it \" is","a":1})", R"({"token": "[redacted]","a":1})"},
      {R"({"access_token":"eyJx","expires_in":60})",
       R"({"access_token":"[redacted]","expires_in":60})"},
      {R"({"note":"{\"token\":\"abc\",\"b\":2}"})",
       R"({"note":"{\"token\":\"[redacted]\",\"b\":2}"})"},
      {R"({"human":"sent Authorization: Bearer abc"})",
       R"({"human":"sent Authorization: [redacted]"})"},
      {R"(["hf_abcdefgh12345678"])", R"(["[redacted]"])"},
      // Tokens of known shape.
      {"my hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345 here", "my [redacted] here"},
      {"ghp_0123456789abcdef0123456789abcdef0123", "[redacted]"},
      {"gho_abc123xyz, github_pat_11ABC_defghi", "[redacted], [redacted]"},
      {"hive join hvt_1a2b3c4d5e host:7", "hive join [redacted] host:7"},
      {"hive join hv1.0123456789abcdef.a1b2.s-e_cret host:7", "hive join [redacted] host:7"},
      {"x=%20hf_AbCdEf123456", "x=%20[redacted]"},
      {"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_1 end", "jwt [redacted] end"},
      // URLs.
      {"GET https://user:pass@host/path ok", "GET https://[redacted]@host/path ok"},
      {"socks5h://u:p@ss@proxy:1080", "socks5h://[redacted]@proxy:1080"},
      {"https://cdn.host/a/b?Expires=17&Policy=ey_&Signature=x~y&Key-Pair-Id=K#part",
       "https://cdn.host/a/b?[redacted]#part"},
      {"to https://r2.host/data?X-Amz-Date=1&x-amz-signature=ff, then",
       "to https://r2.host/data?[redacted] then"},
      {"https://blob.host/x?sv=1&se=2030&sig=a%2Fb\"", "https://blob.host/x?[redacted]\""},
      {"https://host/x?a=1&token=abc", "https://host/x?[redacted]"},
      {"https://host/x?X-Xet-Cas-Uid=abc&a=1", "https://host/x?[redacted]"},
      {R"({"url":"https://host/x?Expires=1\u0026Signature=abc"})",
       R"({"url":"https://host/x?[redacted]"})"},
      {"<a href=\"https://host/x?a=1&amp;Signature=abc\">",
       "<a href=\"https://host/x?[redacted]\">"},
      {"GET /data?X-Amz-Signature=abc HTTP/1.1", "GET /data?[redacted] HTTP/1.1"},
      // name=value.
      {"wait token=abc code=5", "wait token=[redacted] code=5"},
      {"a=1&token=abc&b=2; password=x; c", "a=1&token=[redacted]&b=2; password=[redacted]; c"},
      {"HF_TOKEN=abc hive serve", "HF_TOKEN=[redacted] hive serve"},
      {"password=\"two words\" x=1", "password=\"[redacted]\" x=1"},
      {"x-amz-security-token: abc", "x-amz-security-token: [redacted]"},
  };
  for (const auto& [text, clean] : table) {
    INFO(text);
    CHECK(redact(text) == clean);
    CHECK(redact(clean) == clean);
  }
}

TEST_CASE("texts without secrets are left alone") {
  for (const std::string text : {"",
                                 "job=01J will-retry code=timed_out wait=500ms",
                                 "hf:org/repo@main:Q4_K_M",
                                 "hf_quant_config.json",
                                 "hf_transfer is not used",
                                 "https://host/x?recursive=true&expand=false",
                                 "https://host:8080/a@b/c?d=e",
                                 "what? no token: it has expired",
                                 "the bearer of news",
                                 "a basic setting",
                                 "WWW-Authenticate: Bearer realm=\"https://auth\",service=\"r\"",
                                 "tokenizer.json token_count=7",
                                 "sha256=0123456789abcdef",
                                 "design=1 assigned=2",
                                 "the registry wants a Bearer token",
                                 "a://b",
                                 "?",
                                 "://",
                                 "token",
                                 "token=",
                                 "Authorization:",
                                 "100%",
                                 "user@host",
                                 "C:\\x\\y"}) {
    INFO(text);
    CHECK(redact(text) == text);
  }
}

TEST_CASE("a URL for people has neither user info nor query") {
  CHECK(redact_url("https://u:p@host:1/a/b?x=1#f") == "https://host:1/a/b");
  CHECK(redact_url("https://host/a@b?x") == "https://host/a@b");
  CHECK(redact_url("https://host/hf_AbCdEf123456/x") == "https://host/[redacted]/x");
  CHECK(redact_url("/relative?Signature=1") == "/relative");
  CHECK(redact_url("https://u@host") == "https://host");
  CHECK(redact_url("") == "");
}

TEST_CASE("a value is secret by its name as well as by its looks") {
  CHECK(redact_value("token", "opaque") == "[redacted]");
  CHECK(redact_value("Authorization", "Basic b3BhcXVl") == "[redacted]");
  CHECK(redact_value("url", "https://u:p@host/x") == "https://[redacted]@host/x");
  CHECK(redact_value("path", "model.gguf") == "model.gguf");
  CHECK(redact_value("", "") == "");
}

TEST_CASE("redaction takes time in proportion to the text") {
  const auto time_of = [](const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    const auto size = redact(text).size();
    const auto took = std::chrono::steady_clock::now() - start;
    REQUIRE(size > 0);
    return took;
  };
  for (const std::string unit :
       {"?", "?a=b&", "://", "Authorization: ", "token=\"", "Bearer ", "hf_", "eyJ.", "a\\\\\"",
        "=\"", "x-amz-signature=\\\"", "-", "%41hf_"}) {
    std::string text;
    while (text.size() < 400'000) text += unit;
    INFO(unit);
    // Quadratic work on this much text would take minutes.
    CHECK(time_of(text) < std::chrono::seconds{5});
  }
}
