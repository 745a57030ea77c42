// SPDX-License-Identifier: Apache-2.0
//
// Files that a person names on the command line. What cannot be read is `invalid`, as any other
// word of the command line that makes no sense.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/files.h"
#include "base/limits.h"

namespace corridor::cli {

// "-" is standard input. `too_large` above `bytes_max`.
Result<Bytes> read_file(const std::string& path, std::size_t bytes_max = limits::kDocumentBytesMax);

// Before anything is begun with it.
Result<> check_readable(const std::string& path);
// A secret is never a word of the command line: one line of a file that only its user may read.
Result<std::string> secret_of_file(const std::string& path);

// "-" is standard output. Whole or not at all, mode 0600; `conflict` when it is there and to be
// kept.
Result<> write_file(const std::string& path, View bytes, Existing existing);

// `conflict` when something has this name; "-" is always free.
Result<> check_free(const std::string& path);

std::string file_name(const std::string& path);  // the last part
// Letters, digits and hyphens only: "Harbour Traders" becomes "harbour-traders".
std::string plain_name(std::string_view text);

// A folder that was installed or built with this program: beside the binary
// (../share/corridor/<installed>), else in the sources it was built from; empty when neither is.
std::string own_folder(const std::string& installed, const std::string& in_sources);

}  // namespace corridor::cli
