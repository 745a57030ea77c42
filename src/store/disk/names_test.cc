// SPDX-License-Identifier: Apache-2.0
#include "store/disk/names.h"

#include "store/contract/fixtures.h"

namespace corridor::store {

TEST_CASE("the id of a blob is read back as the place it was made of") {
  const Digest digest = test_digest("x");
  for (const BlobPlace& place :
       {BlobPlace(SegmentPlace{}), BlobPlace(SegmentPlace{12, 4096, 77}), BlobPlace(digest)})
    CHECK(parse_blob_id(blob_id(place).value) == place);
  CHECK(blob_id(SegmentPlace{12, 4096, 77}).value == "s12:4096:77");
  CHECK(blob_id(digest).value == "f" + hex(digest.view()));
}

TEST_CASE("a place has one spelling") {
  const std::string upper = "f" + std::string(63, '0') + "A";
  const std::string letter = "f" + std::string(63, '0') + "g";
  for (const char* id : {"",
                         "s",
                         "s:",
                         "s::",
                         "s1",
                         "s1:2",
                         "s1:2:",
                         "s1:2:3:4",
                         "s01:2:3",
                         "s1:02:3",
                         "s1:2:03",
                         "s+1:2:3",
                         "s1:-2:3",
                         "s1:2:3 ",
                         " s1:2:3",
                         "S1:2:3",
                         "s1:2:1000000000000001",
                         "s99999999999999999999:0:0",
                         "f",
                         "f00",
                         "x1:2:3",
                         upper.c_str(),
                         letter.c_str()}) {
    CAPTURE(id);
    CHECK_FALSE(parse_blob_id(id).has_value());
  }
}

TEST_CASE("a segment's name is its number") {
  CHECK(parse_segment_name(segment_name(0)) == 0);
  CHECK(parse_segment_name(segment_name(1'000)) == 1'000);
  for (const char* name : {"seg-", "seg-01", "seg-x", "seg-1.tmp", "seg1", "SEG-1", "seg--1"})
    CHECK_FALSE(parse_segment_name(name).has_value());
}

TEST_CASE("a record's header is read back, and no other bytes are") {
  const RecordHeader header{0x0102030405060708, test_digest("x")};
  const auto bytes = encode_record_header(header);
  const corridor::View view(bytes.data(), bytes.size());
  CHECK(decode_record_header(view) == header);
  CHECK_FALSE(decode_record_header(view.substr(0, view.size() - 1)).has_value());
  CHECK_FALSE(decode_record_header("").has_value());
  for (std::size_t i = 0; i < 8; ++i) {
    Bytes changed(view);
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(decode_record_header(changed).has_value());
  }
}

TEST_CASE("paths of files are plain") {
  for (const std::string& path :
       {std::string("a"), std::string("a/b/c"), std::string("x001/067.p/1"), std::string(200, 'a'),
        std::string("\xc3\xa9 b")})
    CHECK(check_file_path(path).has_value());
}

}  // namespace corridor::store
