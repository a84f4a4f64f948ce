package io.matrixrtc.interop;

import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.peers.ElementCallBrowser;
import io.matrixrtc.testkit.peers.JsSdk;
import io.matrixrtc.testkit.script.ScriptSettings;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.testkit.server.ProxiedServer;
import io.matrixrtc.testkit.server.RemoteServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Opens scripts whose devices are played by several implementations, on any homeserver. */
final class ScriptPlayers {
  /** The homeserver to play on; ours if it is empty. */
  private static final String HOMESERVER = System.getProperty("interop.homeserver", "");

  private ScriptPlayers() {}

  static WorldServer homeserver() {
    return HOMESERVER.isEmpty()
        ? EmbeddedServer.start(0)
        : ProxiedServer.before(new RemoteServer(URI.create(HOMESERVER), Map.of()));
  }

  /**
   * A call with devices of matrix-js-sdk.
   *
   * @param name for the trace and for the names of log files
   */
  static MixedCall withJsSdk(String name, String trust, Function<String, MixedCall.Player> cast) {
    return new MixedCall(
        ScriptSettings.on(ScriptPlayers::homeserver).titled(name).withTrust(trust),
        cast,
        (player, device) ->
            (player == MixedCall.Player.JS_SDK_39 ? JsSdk.oldParticipant() : JsSdk.participant())
                .loggingTo(log(name, device)));
  }

  /** A call with a device of Element Call in a browser. */
  static MixedCall withElementCall(
      ElementCallBrowser browser, String name, String trust, Set<String> inBrowser) {
    return new MixedCall(
        ScriptSettings.on(ScriptPlayers::homeserver).with(browser).titled(name).withTrust(trust),
        device ->
            inBrowser.contains(device) ? MixedCall.Player.ELEMENT_CALL : MixedCall.Player.OURS,
        (player, device) -> browser.loggingTo(log(name, device)));
  }

  private static Path log(String name, String device) {
    return Path.of("target", "peers", name.replace(' ', '-') + "-" + device + ".log");
  }
}
