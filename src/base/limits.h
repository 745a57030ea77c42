// SPDX-License-Identifier: Apache-2.0
//
// Every limit of the house, in one place. A queue without a limit does not exist. Units are in the
// names. A limit that a person may want to move is a setting (app/config.h) whose default is here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/env.h"

namespace corridor::limits {

// Wire
inline constexpr std::size_t kHeaderBytesMax = 32 * 1024;     // request line and all headers
inline constexpr std::size_t kHeaderCountMax = 100;
inline constexpr std::size_t kMessageBytesMax = 1024 * 1024;  // a protocol message
inline constexpr std::size_t kDocumentBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kBodiesBytesMax = 256 * 1024 * 1024;  // held by a server at once
inline constexpr std::size_t kConnectionsMax = 2048;
inline constexpr Duration kHeaderTimeout = seconds(10);
inline constexpr Duration kIdleTimeout = seconds(75);
inline constexpr Duration kExchangeTimeout = seconds(15);     // one request of ours and its answer

// Bytes of any size. What moves holds two pieces a transfer and direction.
inline constexpr std::size_t kStreamPieceBytes = 128 * 1024;
inline constexpr std::uint64_t kTransferBytesMax = 1ULL << 40;
inline constexpr std::size_t kTransfersMax = 16;              // at once; half of kPeerInFlightMax
inline constexpr Duration kStallTimeout = seconds(30);        // a transfer that moves no byte
inline constexpr int kTransferTriesMax = 8;                   // without a byte of progress
inline constexpr Duration kTransferRetryFirst = milliseconds(100);
inline constexpr Duration kTransferRetryMost = seconds(15);

// JSON
inline constexpr std::size_t kJsonDepthMax = 64;
inline constexpr std::size_t kJsonBytesMax = 16 * 1024 * 1024;

// Documents judged in a stream, a line each (engine/check_stream.h)
inline constexpr std::size_t kCheckLineBytesMax = kDocumentBytesMax / 3 * 4 + 64 * 1024;
inline constexpr std::size_t kCheckLinesMax = 32;             // of a stream: at work, or not yet taken
inline constexpr std::size_t kCheckBytesMax = 16 * 1024 * 1024;  // of them; one line may be more
inline constexpr std::size_t kCheckStreamsMax = 4;            // of a node at once

// Folders (folders/folders.h)
inline constexpr std::size_t kFolderSendsMax = 32;            // files being read, judged and sent
inline constexpr std::size_t kFolderBytesMax = 128 * 1024 * 1024;  // of them; one may be more
inline constexpr std::size_t kFolderOpenMax = 10'000;         // sent, and without an answer yet
inline constexpr std::size_t kFolderTasksMax = 4096;          // for the thread of the folders
inline constexpr Duration kFolderRetryMost = seconds(30);

// Engine
inline constexpr std::size_t kBatchAsksMax = 256;
inline constexpr std::size_t kClerkQueueMax = 16 * 1024;
inline constexpr std::size_t kWorkerQueueMax = 16 * 1024;
inline constexpr std::size_t kScanRowsMax = 256;
inline constexpr int kNeedRoundsMax = 3;
inline constexpr std::size_t kPeerInFlightMax = 32;
inline constexpr Duration kHoldForAnswer = seconds(1);        // an early message of a peer waits so long
inline constexpr Duration kCommitStalled = seconds(5);        // after this the node is not ready
inline constexpr Duration kProcessDeadline = hours(24 * 7);
inline constexpr std::uint32_t kRoundsMax = 16;  // times an instruction may act in one state of a process

// What happened, for those who asked to be told
inline constexpr std::size_t kNoticesKept = 100'000;
inline constexpr Duration kNoticeWaitMax = seconds(60);       // of one long poll
inline constexpr std::size_t kSubscriptionsMax = 100;
inline constexpr std::size_t kSubscriptionTypesMax = 32;
inline constexpr std::size_t kCursorLagMax = 256;  // events passed over before a cursor is written
inline constexpr std::size_t kApiKeysMax = 100;

// Blobs
inline constexpr std::size_t kBlobInlineMax = 1024 * 1024;    // above: a file of its own
inline constexpr std::size_t kSegmentBytesMax = 64 * 1024 * 1024;

// Identity
inline constexpr std::size_t kTokenBytesMax = 16 * 1024;
inline constexpr Duration kTokenLifetime = minutes(5);
inline constexpr Duration kTokenLeeway = seconds(20);
inline constexpr Duration kDidDocumentAge = minutes(5);
inline constexpr Duration kDidFailureAge = seconds(5);
inline constexpr std::size_t kDidDocumentBytesMax = 64 * 1024;
inline constexpr Duration kInviteLifetime = hours(24 * 7);

// Evidence
inline constexpr Duration kCheckpointDelay = milliseconds(40);

}  // namespace corridor::limits
