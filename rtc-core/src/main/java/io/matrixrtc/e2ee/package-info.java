/**
 * The Olm machine: own device, other devices, sessions, to-device encryption and its store.
 * Sans-I/O: push what sync brought, pull requests to send, report their answers.
 */
@NullMarked
package io.matrixrtc.e2ee;

import org.jspecify.annotations.NullMarked;
