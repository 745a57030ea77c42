// SPDX-License-Identifier: Apache-2.0
// Asio's own code, compiled here and nowhere else.
#include "net/wire/asio.h"

#include <boost/asio/impl/src.hpp>
