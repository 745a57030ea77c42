# How a room is built: one static library a module, linked as src/layers.txt allows and no further;
# its *_test.cc become one doctest program, each *_fuzz.cc and *_bench.cc a program of its own.

add_library(corridor_options INTERFACE)
target_include_directories(corridor_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(corridor_options INTERFACE
  -fPIC -pthread -Wall -Wextra -Wshadow -Wconversion -Werror -fstack-protector-strong
  # g++ 12 sees overflows in std::string code that is inlined far enough; clang-19 is asked as well.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # std::stable_sort of libstdc++ 12 uses what the same library calls deprecated.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<AND:$<BOOL:${CCACHE}>,$<CXX_COMPILER_ID:GNU>>:-fpch-preprocess>)
target_compile_definitions(corridor_options INTERFACE _GLIBCXX_ASSERTIONS
  CORRIDOR_VERSION="${PROJECT_VERSION}")
target_link_libraries(corridor_options INTERFACE Threads::Threads)
target_link_options(corridor_options INTERFACE -Wl,-z,relro,-z,now)

option(CORRIDOR_FUZZ "build the fuzz targets with libFuzzer (clang)" OFF)

# The standard headers that nearly every file wants, parsed once.
add_library(corridor_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
target_link_libraries(corridor_pch PUBLIC corridor_options)
target_precompile_headers(corridor_pch PRIVATE
  <algorithm> <array> <charconv> <cstdint> <expected> <functional> <map> <memory> <optional> <span>
  <string> <string_view> <unordered_map> <utility> <variant> <vector>)

# Where the sources are, for tests and for a program run from its build folder. Nothing else is told:
# what knows no path compiles to the same bytes in every checkout.
add_library(corridor_sources INTERFACE)
target_compile_definitions(corridor_sources INTERFACE CORRIDOR_SOURCE_DIR="${CMAKE_SOURCE_DIR}")

# doctest's own main, compiled once.
add_library(corridor_doctest OBJECT ${CMAKE_SOURCE_DIR}/cmake/doctest_main.cc)
target_link_libraries(corridor_doctest PUBLIC corridor_options)

file(STRINGS ${CMAKE_SOURCE_DIR}/src/layers.txt layer_lines REGEX "^[a-z]+:")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/layers.txt)
foreach(line IN LISTS layer_lines)
  string(REGEX MATCH "^([a-z]+):(.*)$" _ "${line}")
  set(name ${CMAKE_MATCH_1})
  string(REGEX MATCHALL "[a-z]+" deps "${CMAKE_MATCH_2}")
  set(LAYER_${name} ${deps})
endforeach()

# corridor_module(name [PRIVATE libraries...]): every .cc below the current folder.
function(corridor_module name)
  cmake_parse_arguments(ARG "" "" "PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
  set(tests ${sources})
  set(fuzzers ${sources})
  set(benches ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/cli/main\\.cc$")

  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC corridor_options ${LAYER_${name}} PRIVATE ${ARG_PRIVATE})
    target_precompile_headers(${name} REUSE_FROM corridor_pch)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE corridor_options ${LAYER_${name}})
  endif()
  if(tests)
    add_executable(${name}_test ${tests} $<TARGET_OBJECTS:corridor_doctest>)
    target_link_libraries(${name}_test PRIVATE ${name} corridor_sources ${ARG_PRIVATE})
    target_precompile_headers(${name}_test REUSE_FROM corridor_pch)
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
  foreach(file IN LISTS fuzzers)
    get_filename_component(target ${file} NAME_WE)
    corridor_fuzz(${target} ${file} ${name})
  endforeach()
  foreach(file IN LISTS benches)
    get_filename_component(target ${file} NAME_WE)
    add_executable(${target} ${file})
    target_link_libraries(${target} PRIVATE ${name} corridor_sources ${ARG_PRIVATE})
    set_property(GLOBAL APPEND PROPERTY CORRIDOR_BENCHES ${target})
  endforeach()
endfunction()

# A fuzz target <what>_fuzz: with libFuzzer when asked for; otherwise a program that replays the
# corpus testdata/fuzz/<what>/ beside it, and seeded mutations of it, as a test of every run.
function(corridor_fuzz target file module)
  add_executable(${target} ${file})
  target_link_libraries(${target} PRIVATE ${module})
  if(CORRIDOR_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/fuzz_replay.cc)
    string(REGEX REPLACE "_fuzz$" "" what ${target})
    get_filename_component(folder ${file} DIRECTORY)
    add_test(NAME fuzz_${what} COMMAND ${target} ${folder}/testdata/fuzz/${what})
  endif()
endfunction()
