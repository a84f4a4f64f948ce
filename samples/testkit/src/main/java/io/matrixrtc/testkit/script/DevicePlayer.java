package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.WorldSettings;

/**
 * Plays devices of a script: another implementation than the library, together with whatever that
 * needs beside the homeserver. Immutable or safe for several threads; one player may play any
 * number of devices. Given to {@link CallDevice#playedBy}, and to {@link ScriptSettings#with} where
 * it needs something beside the homeserver.
 *
 * <p>One that is named by {@link io.matrixrtc.testkit.junit.PlayedBy} needs a public constructor
 * without parameters; if it is {@link AutoCloseable}, it is closed after the last test.
 */
public interface DevicePlayer extends WorldSettings.Starter {
  /**
   * The homeserver of a script, with what this player's devices need beside it.
   *
   * @return {@code homeserver}, or one that closes it
   * @throws io.matrixrtc.testkit.ScriptException if it cannot be had; {@code homeserver} is closed
   *     then
   */
  default WorldServer beside(WorldServer homeserver) {
    return homeserver;
  }
}
