# Files as C++: cmake -DOUT=file.cc -DHEADER=... -DFUNCTION=... -DTYPE=... -DFILES=a,b -P embed.cmake
# makes a function that gives their names and their texts, byte for byte, in the order of FILES.
string(REPLACE "," ";" FILES "${FILES}")
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  if("${text}" MATCHES "\\)embedded\"")
    message(FATAL_ERROR "${file} contains the delimiter that embeds it")
  endif()
  string(APPEND entries "    {\"${name}\", R\"embedded(${text})embedded\"},\n")
endforeach()
file(WRITE ${OUT} "// Made by cmake/embed.cmake.
#include \"${HEADER}\"

namespace corridor::documents {

namespace {

constexpr ${TYPE} kFiles[] = {
${entries}};

}  // namespace

std::span<const ${TYPE}> ${FUNCTION}() { return kFiles; }

}  // namespace corridor::documents
")
