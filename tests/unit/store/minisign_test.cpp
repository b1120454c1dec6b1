#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/store/minisign.hpp"
#include "samples.hpp"

using namespace store_test;
using Catch::Contains;

namespace {

// Made by minisign 0.11: `minisign -G -W`, then `minisign -S` and `minisign -S -l`.
constexpr auto foreign_key = "RWSuC5K6LsRo3Ot9XJ7bOy0pnIOWs5uvIy/w6s+2wnCz+pcCd8BJQ3Aw";
constexpr auto foreign_text = "what is signed\n";
constexpr auto foreign_signature = R"(untrusted comment: signature from minisign secret key
RUSuC5K6LsRo3ObwbDi07k4TbGnub5HhKw/GC6mfYkc8m3L6WJEYdWzogwUo6qieaMbXkT166waK4Dqijhitri83AnAXYJgnxwA=
trusted comment: timestamp:1795362540	file:t	hashed
07kxh9Ft6SO4qsm3+BmW3R2At5EFXC6WZLY6XbX4LVUbmrTkFJ+k+PUI2/xbexsYi3dpjJcp8upjtSRGH9daCA==
)";
constexpr auto foreign_legacy_signature = R"(untrusted comment: signature from minisign secret key
RWSuC5K6LsRo3EDTVzqVFF1iOdRDnI69wmNkQJikS63wZtqnWO0VstT/68DJEG4ue14BgQDXmH+oRtgDX8X6TF9BBFXOpGLhLQQ=
trusted comment: timestamp:1795362540	file:t
prPT0cxwr13O/rBL+BfnI6CrU6Wza3OZ304VU42YuZAsjldUGLlhJOxivO4h+MXbRxiwXe4u2uLSgyYC1QgXDg==
)";

} // namespace

TEST_CASE("a text that was signed is taken, and no other") {
  auto key = minisign::secret_key::generate();
  auto signature = key.sign("text", "serial:7");
  CHECK(minisign::verify(key.public_part(), "text", signature) == "serial:7");
  CHECK_THROWS_WITH(minisign::verify(key.public_part(), "texT", signature), Contains("doesn't match"));
  CHECK_THROWS_WITH(minisign::verify(minisign::secret_key::generate().public_part(), "text", signature),
                    Contains("of another key"));
}

TEST_CASE("a signature with a changed comment, or one that is cut off, is refused") {
  auto key = minisign::secret_key::generate();
  auto signature = key.sign("text", "serial:7");
  auto changed = signature;
  changed.replace(changed.find("serial:7"), 8, "serial:8");
  CHECK_THROWS_WITH(minisign::verify(key.public_part(), "text", changed),
                    Contains("comment was changed"));
  for (std::size_t bytes = 0; bytes + 1 < signature.size(); bytes += 5)
    CHECK_THROWS_AS(minisign::verify(key.public_part(), "text", signature.substr(0, bytes)), failure);
}

TEST_CASE("what minisign has signed is taken, prehashed or not") {
  auto key = minisign::public_key_from(foreign_key);
  CHECK_NOTHROW(minisign::verify(key, foreign_text, foreign_signature));
  CHECK_NOTHROW(minisign::verify(key, foreign_text, foreign_legacy_signature));
  CHECK_THROWS_AS(minisign::verify(key, "something else", foreign_signature), failure);
  CHECK_THROWS_AS(minisign::verify(key, "something else", foreign_legacy_signature), failure);
}

TEST_CASE("a public key is read from its line and from its file") {
  auto key = minisign::secret_key::generate().public_part();
  CHECK(minisign::public_key_from(minisign::to_text(key)) == key);
  CHECK(minisign::public_key_from(minisign::public_key_file(key)) == key);
  CHECK(minisign::to_text(key).starts_with("RW"));
  CHECK_THROWS_WITH(minisign::public_key_from("RWabc"), Contains("56 characters that begin with RW"));
  CHECK_THROWS_AS(minisign::public_key_from(""), failure);
}

TEST_CASE("a secret key comes back from its file, which nobody else may read") {
  temporary_root where;
  auto file = where.work() / "key";
  auto key = minisign::secret_key::generate();
  key.write(file, "");
  CHECK(fs::status(file).permissions() == fs::perms{0600});
  CHECK(minisign::secret_key::read(file, "").public_part() == key.public_part());
  CHECK_THROWS_WITH(key.write(file, ""), Contains("File exists"));
  fs::permissions(file, fs::perms{0644});
  CHECK_THROWS_WITH(minisign::secret_key::read(file, ""), Contains("chmod 600"));
}

TEST_CASE("an encrypted secret key takes its passphrase") {
  temporary_root where;
  auto file = where.work() / "key";
  auto key = minisign::secret_key::generate();
  key.write(file, "open sesame");
  CHECK(minisign::secret_key::read(file, "open sesame").public_part() == key.public_part());
  CHECK_THROWS_WITH(minisign::secret_key::read(file, ""), Contains("--passphrase-file"));
  CHECK_THROWS_WITH(minisign::secret_key::read(file, "wrong"), Contains("passphrase is wrong"));
}

TEST_CASE("what is no secret key is refused") {
  temporary_root where;
  auto file = where.work() / "key";
  CHECK_THROWS_WITH(minisign::secret_key::read(file, ""), Contains("No such file"));
  auto key = minisign::secret_key::generate();
  key.write(file, "");
  auto text = read_file(file);
  text[text.find('\n') + 100] ^= 1;
  write_file(file, text);
  CHECK_THROWS_AS(minisign::secret_key::read(file, ""), failure);
  write_file(file, "nothing of the sort\n");
  CHECK_THROWS_WITH(minisign::secret_key::read(file, ""), Contains("no secret key"));
}
