/**
 * What a host asks of a Matrix account, over {@link io.matrixrtc.client.EncryptedClient}: events,
 * to-device messages, media and the rest. Decides nothing; the host machine has.
 */
@NullMarked
package io.matrixrtc.widget.drivers;

import org.jspecify.annotations.NullMarked;
