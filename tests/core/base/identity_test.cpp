/// Base64, and keys of OpenSSH.
#include "core/base/base64.hpp"
#include "core/base/ssh_identity.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ssh_key.hpp"

#include <string>
#include <utility>

using namespace hive;

TEST_CASE("base64 is written and read as RFC 4648 has it") {
  const std::pair<std::string, std::string> table[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"},
                                                       {"\xff\xfe\xfd", "//79"}};
  for (const auto& [bytes, text] : table) {
    CHECK(base64_encoded(bytes) == text);
    CHECK(base64_decoded(text) == bytes);
    CHECK(base64_decoded(text.substr(0, text.find('='))) == bytes);
  }
  CHECK(base64url_encoded("\xff\xfe\xfd\xfb") == "__79-w");
  CHECK(base64_decoded("Zm 9v\r\n") == "foo");
  for (const auto* const wrong : {"Zg==Zg", "Z", "Zg=!", "-_", "Zm9vY"}) {
    INFO(wrong);
    CHECK_FALSE(base64_decoded(wrong));
  }
}

TEST_CASE("a key of ssh-keygen signs as OpenSSH would") {
  const auto key = ssh_identity::parse(testing::ssh_key);
  REQUIRE(key);
  CHECK(key->public_text() == testing::ssh_public);
  const auto signature = key->sign("GET,https://registry.ollama.ai/token?a=b,x");
  REQUIRE(signature);
  CHECK(base64_encoded(*signature) == "XXxA5NtgGZcCTw8k9VZ75QtC1W9l2y+HK/Dp3YD3IBN/"
                                      "pPju4cYCpjUTW/tHgHfou2vaC2sxG+LNZWOiGkGdDg==");
}

TEST_CASE("what is no key without a passphrase says so") {
  std::string text = testing::ssh_key;
  const auto why = [](const std::string& file) {
    const auto key = ssh_identity::parse(file);
    REQUIRE_FALSE(key);
    CHECK(key.why().code == errc::bad_config);
    return key.why().detail;
  };
  CHECK(why("").find("no OpenSSH private key") != std::string::npos);
  CHECK(why(std::string(20'000, 'x')).find("no OpenSSH") != std::string::npos);
  CHECK(why(testing::locked_ssh_key).find("passphrase") != std::string::npos);
  const auto body = text.find("AAAAEbm9uZQ");
  CHECK_FALSE(ssh_identity::parse(text.substr(0, body) + text.substr(text.find("\n----"))));
  auto other = text;
  other.replace(other.find("NTUxOQAAACBTVC"), 4, "NTUy"); // another kind's name
  CHECK_FALSE(ssh_identity::parse(other));
  // Every single wrong letter is noticed or leads to a key that is whole.
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto bent = text;
    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    const auto key = ssh_identity::parse(bent);
    if (key) CHECK(key->sign("x"));
  }
}
