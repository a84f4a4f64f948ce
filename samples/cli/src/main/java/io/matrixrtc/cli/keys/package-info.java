/**
 * {@code matrixrtc keys}: a device of the user's own, kept in a profile on disk, that shows and
 * decides whom encryption reaches: devices, trust, identity, room keys.
 */
@NullMarked
package io.matrixrtc.cli.keys;

import org.jspecify.annotations.NullMarked;
