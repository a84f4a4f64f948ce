/**
 * The Matrix client-server API over HTTP, the sync loop and the outgoing-request pump: joins the
 * Olm machine to a homeserver.
 */
@NullMarked
package io.matrixrtc.client;

import org.jspecify.annotations.NullMarked;
