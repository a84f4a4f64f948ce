/**
 * The HTTP front: route table, request and answer, errors, CORS, rate limits. Knows no Matrix
 * endpoint.
 */
@NullMarked
package io.matrixrtc.homeserver.http;

import org.jspecify.annotations.NullMarked;
