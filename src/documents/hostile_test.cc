// SPDX-License-Identifier: Apache-2.0
// What a stranger may send: checked in a child process that the kernel lets do nothing but compute.
// It may read and write what is open already, get memory and end; opening a file, a socket or
// another process kills it. Memory and CPU time are limited as well.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdio>

#include "documents/documents.h"
#include "documents/rules.h"
#include "documents/xml/tree.h"

// After our headers: its CHECK is the one that tests mean.
#include <doctest/doctest.h>

using namespace corridor;

namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CORRIDOR_SANITIZED
#endif
#endif

// x86-64 and arm64 number their system calls differently; the test asks for the right ones.
#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

bool allow_computing_only() {
  std::vector<sock_filter> program{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const long number : {SYS_read, SYS_write, SYS_exit, SYS_exit_group, SYS_mmap, SYS_munmap,
                            SYS_mremap, SYS_madvise, SYS_mprotect, SYS_brk, SYS_futex,
                            SYS_rt_sigreturn, SYS_clock_gettime}) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

struct Confined {
  int status = 0;
  std::string said;
};

template <class Work>
Confined confined(Work work) {
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  std::fflush(stdout);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit memory{1'500'000'000, 1'500'000'000};
    const rlimit seconds{20, 20};
    ::setrlimit(RLIMIT_AS, &memory);
    ::setrlimit(RLIMIT_CPU, &seconds);
    if (!allow_computing_only()) ::_exit(3);
    const std::string said = work();
    const bool whole = ::write(pipe_ends[1], said.data(), said.size()) ==
                       static_cast<ssize_t>(said.size());
    ::_exit(whole ? 0 : 4);
  }
  ::close(pipe_ends[1]);
  Confined out;
  char part[4096];
  for (ssize_t got = 0; (got = ::read(pipe_ends[0], part, sizeof part)) > 0;)
    out.said.append(part, static_cast<std::size_t>(got));
  ::close(pipe_ends[0]);
  ::waitpid(child, &out.status, 0);
  return out;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string distinct(std::string_view before, std::string_view after, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out += std::string(before) + std::to_string(i) + std::string(after);
  return out;
}

struct Hostile {
  const char* name;
  std::string bytes;
  const char* answer;  // a part of the error; empty: it is a document
};

std::vector<Hostile> hostile_documents() {
  const std::string laughs =
      "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c "
      "'&b;&b;&b;&b;&b;&b;&b;&b;'>]><r>&c;</r>";
  return {
      {"entities in entities", laughs, "DOCTYPE"},
      {"a file as entity", "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>",
       "DOCTYPE"},
      {"an address as DTD", "<!DOCTYPE r SYSTEM 'http://127.0.0.1:1/x.dtd'><r/>", "DOCTYPE"},
      {"an entity nobody declared", "<r>&x;</r>", "entity"},
      {"includes, schemas and style sheets",
       "<?xml-stylesheet href='file:///etc/passwd'?><r xmlns:xi='http://www.w3.org/2001/XInclude' "
       "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a http://a/'>"
       "<xi:include href='/etc/passwd' parse='text'/></r>",
       ""},
      {"depth 100,000", repeated("<a>", 100'000) + repeated("</a>", 100'000), "nested deeper"},
      {"100,000 elements that are not closed", repeated("<a>", 100'000), "nested deeper"},
      {"1,000,000 attributes", "<r" + distinct(" a", "=''", 1'000'000) + "/>", "attributes"},
      {"one attribute 1,000,000 times", "<r" + repeated(" a=''", 1'000'000) + "/>", "attributes"},
      {"an attribute on 1,000,000 elements", "<r>" + repeated("<a b='c'/>", 1'000'000) + "</r>", ""},
      {"100,000 namespaces", "<r>" + distinct("<p:a xmlns:p='u", "'/>", 100'000) + "</r>",
       "namespaces"},
      {"100,000 names", "<r>" + distinct("<a", "/>", 100'000) + "</r>", "names"},
      {"a name of 10,000,000 letters", "<" + std::string(10'000'000, 'a') + "/>", ""},
      {"10,000,000 character references", "<r>" + repeated("&#65;", 10'000'000) + "</r>", ""},
      {"a comment that does not end", "<r><!--" + std::string(10'000'000, '-'), "comment"},
      {"10,000,000 brackets", "<r>" + std::string(10'000'000, ']') + "</r>", ""},
      {"UTF-8 that is none", "<r>\xc3\x28</r>", "UTF-8"},
      {"a character spelled too long", "<r>\xc0\xaf</r>", "UTF-8"},
      {"a surrogate in UTF-8", "<r>\xed\xa0\x80</r>", "UTF-8"},
      {"half a character of UTF-16", std::string("\xff\xfe<\0r\0/", 7), "UTF-16"},
      {"UTF-16 with half a pair", std::string("\xff\xfe<\0r\0>\0\0\xd8<\0/\0r\0>\0", 18), "UTF-16"},
      {"an encoding of its own", "<?xml version='1.0' encoding='IBM-1047'?><r/>", "IBM-1047"},
      {"UTF-7", "<?xml version='1.0' encoding='UTF-7'?><r>+ADw-</r>", "UTF-7"},
      {"a NUL", std::string("<r>\0</r>", 8), "character"},
      {"nothing", "", ""},
  };
}

}  // namespace

TEST_CASE("hostile documents get a named error or a tree, computing only, within time and memory") {
#ifdef CORRIDOR_SANITIZED
  std::printf("SKIPPED hostile documents: sanitizers need more of the kernel\n");
#else
  for (const Hostile& hostile : hostile_documents()) {
    CAPTURE(hostile.name);
    const Confined result = confined([&]() -> std::string {
      const auto tree = xml::parse(hostile.bytes);
      const Report report = documents::check(hostile.bytes);
      if (report.findings.size() > 1'000) return "too many findings";
      return tree ? "a tree" : tree.error().why;
    });
    CHECK(WIFEXITED(result.status));
    CHECK(WEXITSTATUS(result.status) == 0);
    if (*hostile.answer != '\0') {
      CHECK_MESSAGE(result.said.find(hostile.answer) != std::string::npos, result.said);
    } else if (!hostile.bytes.empty()) {
      CHECK(result.said == "a tree");
    }
    CHECK(result.said.size() < 1'000);
  }
#endif
}

TEST_CASE("rules reach nothing outside either, whatever the document says") {
#ifdef CORRIDOR_SANITIZED
  std::printf("SKIPPED confined rules: sanitizers need more of the kernel\n");
#else
  const std::string schema =
      "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'><pattern>"
      "<rule context='r'><assert id='A' test=\"matches(., '^(a+)+$')\">no</assert>"
      "<assert id='B' test='count(//a[not(preceding::a = .)]) = 1'>many</assert></rule>"
      "</pattern></schema>";
  const auto rules = documents::compile_rules(
      "a.sch", [&](std::string_view) -> Result<Bytes> { return Bytes(schema); });
  REQUIRE(rules.has_value());
  const auto judge = [&](std::string document) {
    return confined([&]() -> std::string {
      std::string svrl;
      const auto report = rules->check(document, {}, &svrl);
      std::string out;
      if (!report) return "error " + report.error().why;
      for (const Finding& finding : report->findings) out += finding.rule + " " + finding.text + ";";
      return out;
    });
  };
  const Confined regex = judge("<r>" + std::string(200'000, 'a') + "b</r>");
  CHECK(WIFEXITED(regex.status));
  CHECK(regex.said.starts_with("A no;"));
  const Confined quadratic = judge("<r>" + distinct("<a>", "</a>", 200'000) + "</r>");
  CHECK(WIFEXITED(quadratic.status));
  CHECK_MESSAGE(quadratic.said.find("B ") != std::string::npos, quadratic.said);
#endif
}

TEST_CASE("the confinement is real: a file cannot be opened in it") {
#ifndef CORRIDOR_SANITIZED
  const Confined result = confined([]() -> std::string {
    std::FILE* file = std::fopen("/etc/passwd", "r");
    return file != nullptr ? "opened" : "refused";
  });
  CHECK(WIFSIGNALED(result.status));
  CHECK(WTERMSIG(result.status) == SIGSYS);
#endif
}
