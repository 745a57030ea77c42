// SPDX-License-Identifier: Apache-2.0
// The heavy headers of this room, until its files carry them: shows what a cold build costs.
#include <serd/serd.h>
