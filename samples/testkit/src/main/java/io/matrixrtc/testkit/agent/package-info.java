/**
 * One scripted participant: a full client with its own store, its media sender and receiver. Shares
 * nothing with other participants but HTTP and the relay's bytes.
 */
@NullMarked
package io.matrixrtc.testkit.agent;

import org.jspecify.annotations.NullMarked;
