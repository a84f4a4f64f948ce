/**
 * Ordered tables of JSON rows: the port, a memory and a SQLite implementation, the global stream
 * counter.
 */
@NullMarked
package io.matrixrtc.homeserver.store;

import org.jspecify.annotations.NullMarked;
