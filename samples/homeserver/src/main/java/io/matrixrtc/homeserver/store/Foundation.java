package io.matrixrtc.homeserver.store;

import io.matrixrtc.homeserver.time.TimeSource;

/** What every area of the server builds on. */
public record Foundation(
    Storage storage,
    StreamPositions stream,
    News news,
    TimeSource time,
    RandomIds ids,
    String serverName) {}
