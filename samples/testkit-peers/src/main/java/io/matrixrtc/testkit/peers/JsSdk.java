package io.matrixrtc.testkit.peers;

import io.matrixrtc.testkit.agent.ForeignAgent;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.script.DevicePlayer;
import io.matrixrtc.testkit.trace.TraceEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Plays devices of a script with matrix-js-sdk and its Rust crypto, each in a Node process of its
 * own:
 *
 * <pre>{@code
 * bob.playedBy(JsSdk.participant());
 * }</pre>
 *
 * <p>or {@code @PlayedBy(JsSdk.class) CallDevice bob} as a parameter of a {@link
 * io.matrixrtc.testkit.junit.ScriptedCallTest}. Its {@code MatrixRTCSession} makes, sends and takes
 * the keys; the frames under them are the test kit's. It needs Node 20 or newer, and npm the first
 * time: see {@link PeerFolders}.
 *
 * <p>It makes a new key for every joiner, as the scripts' policy {@code strict} does, and uses a
 * key 200 ms after it was sent, in wall time at any speed. It does not tell what it gave to whom:
 * ask what can be heard. Immutable; any thread may call.
 */
public final class JsSdk implements DevicePlayer {
  private final NpmPeer version;
  private final Optional<Path> log;

  /** As {@link #participant}, for {@link io.matrixrtc.testkit.junit.PlayedBy}. */
  public JsSdk() {
    this(NpmPeer.JS_SDK, Optional.empty());
  }

  private JsSdk(NpmPeer version, Optional<Path> log) {
    this.version = version;
    this.log = log;
  }

  /** matrix-js-sdk 43. It can be loaded again: it has what a browser keeps. */
  public static JsSdk participant() {
    return new JsSdk();
  }

  /**
   * matrix-js-sdk 39, as an old client: its keys are room events, and it knows nothing else. Ours
   * speak to it with {@link io.matrixrtc.testkit.agent.KeyWiring#adaptive}. It cannot be loaded
   * again.
   */
  public static JsSdk oldParticipant() {
    return new JsSdk(NpmPeer.JS_SDK_39, Optional.empty());
  }

  /** With a log in this file, for one device; else each has one in {@link PeerFolders#LOGS}. */
  public JsSdk loggingTo(Path file) {
    return new JsSdk(version, Optional.of(file));
  }

  /**
   * Starts nothing yet but npm, where it has not been fetched.
   *
   * @throws PeerUnavailableException if it cannot be had
   */
  @Override
  public ParticipantPort start(ParticipantSpec spec, Consumer<TraceEntry> trace) {
    Path script = NpmInstaller.usual().folder(version).resolve("peer.mjs");
    List<String> command = List.of(PeerFolders.node(), script.toString());
    Path file = log.orElseGet(() -> PeerFolders.newLog(spec.name()));
    boolean keeps = version.equals(NpmPeer.JS_SDK);
    return new ForeignAgent(spec, trace, new JsSdkSession(command, file, keeps));
  }
}
