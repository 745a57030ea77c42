// SPDX-License-Identifier: Apache-2.0
#include "crypto/crypto.h"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <thread>

using namespace corridor;
using namespace corridor::crypto;

namespace {

Bytes unhex(View text) {
  auto bytes = from_hex(text);
  REQUIRE(bytes);
  return *bytes;
}

Seed seed_of(View bytes) {
  Seed seed;
  REQUIRE(bytes.size() == seed.bytes.size());
  std::ranges::copy(bytes, seed.bytes.begin());
  return seed;
}

}  // namespace

TEST_CASE("SHA-256 gives the examples of FIPS 180-4") {
  CHECK(hex(sha256("").view()) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256("abc").view()) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").view()) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex(sha256(Bytes(1'000'000, 'a')).view()) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("pieces hash as if they stood together, in one call or many") {
  const Bytes text(300, 'x');
  CHECK(sha256({}) == sha256(""));
  CHECK(sha256({View("a"), View(), View("bc")}) == sha256("abc"));
  for (std::size_t cut = 0; cut <= text.size(); cut += 7) {
    CHECK(sha256({View(text).substr(0, cut), View(text).substr(cut)}) == sha256(text));
    Sha256 hash;
    hash.update(View(text).substr(0, cut));
    sha256("another on the same thread");
    hash.update(View(text).substr(cut));
    Sha256 moved = std::move(hash);
    CHECK(moved.finish() == sha256(text));
  }
}

TEST_CASE("HMAC gives the examples of RFC 4231") {
  CHECK(hex(hmac_sha256(Bytes(20, '\x0b'), "Hi There").view()) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?").view()) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hmac_sha256(Bytes(20, '\xaa'), Bytes(50, '\xdd')).view()) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(
      hex(hmac_sha256(Bytes(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")
              .view()) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("derive is HKDF-Expand: the first example of RFC 5869") {
  const Seed seed =
      seed_of(unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
  const Bytes label = unhex("f0f1f2f3f4f5f6f7f8f9");
  CHECK(hex(derive(seed, label, 42)) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  CHECK(derive(seed, label, 0).empty());
  CHECK(derive(seed, label, 8'160).size() == 8'160);
  CHECK(derive(seed, label, 8'160).starts_with(derive(seed, label, 33)));
}

TEST_CASE("labels and seeds keep what is derived apart") {
  const Seed one = seed_of(Bytes(32, '\x01'));
  const Seed two = seed_of(Bytes(32, '\x02'));
  CHECK(derive_seed(one, "a").bytes == derive_seed(one, "a").bytes);
  CHECK(derive_seed(one, "a").bytes != derive_seed(one, "b").bytes);
  CHECK(derive_seed(one, "a").bytes != derive_seed(two, "a").bytes);
  CHECK(uuid_urn(one, "pid") == uuid_urn(one, "pid"));
  CHECK(uuid_urn(one, "pid") != uuid_urn(one, "offer"));
}

TEST_CASE("ids are version 4 UUIDs and do not repeat") {
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    const std::string id = uuid_urn(Seed{}, std::to_string(i));
    REQUIRE(id.size() == 45);
    CHECK(id.starts_with("urn:uuid:"));
    for (const std::size_t at : {17UL, 22UL, 27UL, 32UL}) CHECK(id[at] == '-');
    CHECK(id[23] == '4');
    CHECK(View("89ab").find(id[28]) != View::npos);
    CHECK(seen.insert(id).second);
  }
}

TEST_CASE("comparison in constant time compares") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("token", "token"));
  CHECK_FALSE(equal_in_constant_time("token", "tokeN"));
  CHECK_FALSE(equal_in_constant_time("token", "token "));
}

TEST_CASE("threads hash at once without disturbing one another") {
  const Digest expected = sha256("abc");
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) wrong[t] += sha256({View("a"), View("bc")}) == expected ? 0 : 1;
    });
  for (auto& thread : threads) thread.join();
  CHECK(std::ranges::count(wrong, 0) == 4);
}
