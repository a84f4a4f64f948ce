/** Rooms: events, current state, memberships, permissions and their endpoints. */
@NullMarked
package io.matrixrtc.homeserver.rooms;

import org.jspecify.annotations.NullMarked;
