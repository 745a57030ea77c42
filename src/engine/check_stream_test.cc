// SPDX-License-Identifier: Apache-2.0
//
// Lines in, lines out: in order, each by itself, bounded; whatever the pieces are.
#include "engine/check_stream.h"

#include "base/limits.h"

#include <doctest/doctest.h>

namespace corridor::engine {

namespace {

// Runs tasks when it is told to, newest first: the worst order.
class Later final : public Executor {
 public:
  [[nodiscard]] bool post(Task task) override {
    tasks.push_back(std::move(task));
    return true;
  }
  void post_always(Task task) override { tasks.push_back(std::move(task)); }
  void at(Time, Task) override {}
  void run() {
    while (!tasks.empty()) {
      Task task = std::move(tasks.back());
      tasks.pop_back();
      task();
    }
  }
  std::vector<Task> tasks;
};

documents::Examined judge(View bytes, const std::string& partner) {
  documents::Examined examined;
  examined.report.kind.syntax = "test";
  examined.report.rules = std::string(bytes) + partner;
  return examined;
}

struct Streaming {
  Later later;
  std::shared_ptr<CheckStream> stream = std::make_shared<CheckStream>(later, 3, judge);
  Bytes out;
  Bytes room;
  bool asked = false;
  bool ended = false;

  // True when the piece was taken as a whole.
  bool give(View piece) {
    bool taken = false;
    stream->take(piece, [&] { taken = true; });
    later.run();
    return taken;
  }
  void drain(std::size_t room_bytes = 7) {
    while (!asked && !ended) {
      asked = true;
      room.assign(room_bytes, '\0');
      stream->next(room, [this](std::size_t bytes) {
        asked = false;
        out.append(room, 0, bytes);
        ended = bytes == 0;
      });
      later.run();
    }
  }
};

std::vector<json::Value> values(View lines) {
  std::vector<json::Value> out;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    out.push_back(json::parse(lines.substr(0, end)).value());
    lines.remove_prefix(end + 1);
  }
  return out;
}

Bytes many(int count) {
  Bytes lines;
  for (int n = 0; n < count; ++n) {
    lines += R"({"name":")" + std::to_string(n) + R"(","text":"t)" + std::to_string(n) + "\"}\r\n";
    if (n % 5 == 0) lines += "\n";
    if (n % 7 == 0) lines += "broken\n";
  }
  return lines;
}

}  // namespace

TEST_CASE("a line is answered by its report, or by what is wrong with it") {
  const auto answer = [](View line) { return json::parse(check_line(line, 4, judge)).value(); };
  const auto good = answer(R"({"name":"a.xml","partner":"did:web:p","document":"eHl6"})");
  CHECK(good.members().front().first == "name");
  CHECK(good.text_or("name") == "a.xml");
  CHECK(good.text_or("rules") == "xyzdid:web:p");
  CHECK(answer(R"({"text":"xyz"})").text_or("rules") == "xyz");
  for (const View bad : {"", "[]", "7", "{}", R"({"name":"n"})", R"({"document":"eHl6","text":"x"})",
                         R"({"document":"eHl"})", R"({"document":7})", R"({"text":null})",
                         R"({"name":1,"text":"x"})", R"({"partner":[],"text":"x"})",
                         "{\"text\":\"\xff\"}", R"({"text":"a","text":"b"})"}) {
    const auto said = answer(bad);
    INFO(bad);
    REQUIRE(said.find("error") != nullptr);
    CHECK(said.find("error")->text_or("code") == "invalid");
    CHECK(said.integer_or("line") == 4);
  }
  CHECK(answer(R"({"name":"n"})").text_or("name") == "n");
}

TEST_CASE("answers come in the order of the lines, however the pieces are cut") {
  const Bytes lines = many(20);
  Bytes first;
  for (const std::size_t size : {std::size_t{1}, std::size_t{13}, lines.size()}) {
    Streaming s;
    for (View rest = lines; !rest.empty();) {
      const View piece = rest.substr(0, size);
      rest.remove_prefix(piece.size());
      if (!s.give(piece)) s.drain();
      s.drain();
    }
    s.stream->end({});
    s.later.run();
    s.drain();
    CHECK(s.ended);
    if (first.empty()) first = s.out;
    CHECK(s.out == first);
  }
  const auto all = values(first);
  CHECK(all.size() == 23);
  CHECK(all[0].text_or("name") == "0");
  CHECK(all[1].integer_or("line") == 3);  // after an empty line
  CHECK(all.back().text_or("rules") == "t19");
}

TEST_CASE("whoever gives lines waits until answers are taken") {
  Streaming s;
  const Bytes lines = many(200);
  CHECK_FALSE(s.give(lines));
  CHECK(s.stream->lines() < limits::kCheckLinesMax + 20);
  s.drain(1000);
  CHECK(s.stream->lines() > 200);
  s.stream->end({});
  s.later.run();
  s.drain();
  CHECK(values(s.out).size() == 229);
}

TEST_CASE("when nobody takes answers any more, what comes is thrown away") {
  Streaming s;
  const Bytes lines = many(200);
  bool taken = false;
  s.stream->take(lines, [&] { taken = true; });
  CHECK_FALSE(taken);
  s.stream->abandon();
  CHECK(taken);
  s.later.run();
  CHECK(s.give(lines));
  s.stream->end({});
  CHECK(s.later.tasks.empty());
  CHECK(s.stream.use_count() == 1);
}

TEST_CASE("a line without an end, one that is too long, and an end before its time are said") {
  Streaming s;
  CHECK(s.give(R"({"name":"last","text":"x"})"));
  SUBCASE("the last line needs no end") {
    s.stream->end({});
    s.later.run();
    s.drain();
    CHECK(values(s.out).at(0).text_or("name") == "last");
  }
  SUBCASE("too long") {
    const Bytes much(1024 * 1024, 'x');
    for (std::size_t n = 0; n * much.size() <= limits::kCheckLineBytesMax; ++n) CHECK(s.give(much));
    CHECK(s.give("x\n{\"name\":\"after\",\"text\":\"y\"}\n"));
    s.stream->end(fail(Code::timeout, "the body of the request stopped coming"));
    s.later.run();
    s.drain();
    const auto all = values(s.out);
    REQUIRE(all.size() == 3);
    CHECK(all[0].find("error")->text_or("code") == "too_large");
    CHECK(all[1].text_or("name") == "after");
    CHECK(all[2].find("error")->text_or("code") == "timeout");
  }
}

}  // namespace corridor::engine
