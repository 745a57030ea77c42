// SPDX-License-Identifier: Apache-2.0
// The heavy headers of this room, until its files carry them: shows what a cold build costs.
#include <toml++/toml.h>
#include <fmt/format.h>
