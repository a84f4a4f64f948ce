package io.matrixrtc.examples;

import static io.matrixrtc.examples.ExampleUser.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.LeaveResult;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** One call of two users: alice sends media, bob's bot looks on. */
class CallExamplesTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void aFrameOfThePipelineArrivesAndTheBotSaysWhoseKeyCame() throws Exception {
    try (EmbeddedServer homeserver = EmbeddedServer.start(0);
        ExampleUser alice = ExampleUser.register("alice", homeserver.baseUrl());
        ExampleUser bob = ExampleUser.register("bob", homeserver.baseUrl());
        ExampleUser carol = ExampleUser.register("carol", homeserver.baseUrl())) {
      String room = alice.createRoom();
      get(bob.client().matrix().rooms().join(room)).orThrow();
      get(carol.client().matrix().rooms().join(room)).orThrow();
      List<String> said = new CopyOnWriteArrayList<>();
      KeyBot bot = new KeyBot(carol.client(), room, carol.scheduler(), said::add);
      assertThat(get(bot.join())).isEqualTo(new JoinResult.Joined());

      ProtectMedia ofAlice = new ProtectMedia();
      ProtectMedia ofBob = new ProtectMedia();
      try (RtcSession atAlice = joined(alice, room, ofAlice);
          RtcSession atBob = joined(bob, room, ofBob)) {
        await().atMost(SOON).until(() -> get(atAlice.members()).size() == 3);
        await().atMost(SOON).until(() -> get(atBob.members()).size() == 3);
        String identity =
            alice.client().device().userId() + ":" + alice.client().device().deviceId();
        byte[] frame = new byte[200];
        new SplittableRandom(5).nextBytes(frame);
        FrameEncryptor encryptor = ofAlice.newEncryptor();
        FrameDecryptor decryptor = ofBob.newDecryptor(identity);
        FrameDecryptor stranger = ofBob.newDecryptor("@nobody:localhost:X");
        byte[] wire = new byte[300];
        byte[] out = new byte[300];
        // Held or without a key first, as long as keys are on their way.
        await()
            .atMost(SOON)
            .until(
                () ->
                    encryptor.encrypt(Codec.AUDIO, FrameType.DELTA, frame, 0, 200, wire, 0)
                            == FrameStatus.OK
                        && decryptor.decrypt(
                                Codec.AUDIO,
                                FrameType.DELTA,
                                wire,
                                0,
                                encryptor.outputLength(),
                                out,
                                0)
                            == FrameStatus.OK);
        assertThat(Arrays.copyOf(out, decryptor.outputLength())).isEqualTo(frame);
        assertThat(wire).isNotEqualTo(frame);
        assertThat(
                stranger.decrypt(
                    Codec.AUDIO, FrameType.DELTA, wire, 0, encryptor.outputLength(), out, 0))
            .isEqualTo(FrameStatus.NO_KEY);
        String key = "key of " + alice.client().device().userId();
        await().atMost(SOON).until(() -> said.stream().anyMatch(line -> line.startsWith(key)));
        assertThat(said).anyMatch(line -> line.endsWith(" joined"));
        assertThat(get(bot.leave())).isEqualTo(new LeaveResult.Left());
      }
    }
  }

  private static RtcSession joined(ExampleUser user, String room, ProtectMedia media)
      throws Exception {
    RtcSession session = media.session(user.client(), room, user.scheduler(), event -> {});
    get(user.client().attach(room, session)).orThrow();
    assertThat(get(session.join(JoinRequest.multiSfu(List.of()))))
        .isEqualTo(new JoinResult.Joined());
    return session;
  }
}
