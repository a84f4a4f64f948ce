package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.ToDeviceNetwork;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.media.MediaKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a session logs, line by line, as alice's log of a short call. */
class SessionLogTest {
  private static final String PREFIX =
      "[!call:example.org m.call#ROOM @alice:example.org/ALICEDEV] ";
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.matrixrtc");
  private final VirtualTime time = new VirtualTime();
  private final ToDeviceNetwork network = new ToDeviceNetwork(time);
  private final SimulatedRoom room = new SimulatedRoom(time);
  private boolean additive;

  @BeforeEach
  void attach() {
    additive = logger.isAdditive();
    logger.setAdditive(false);
    logger.setLevel(Level.TRACE);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void detach() {
    logger.detachAppender(lines);
    logger.setLevel(null);
    logger.setAdditive(additive);
  }

  private Participant participant(String user, String device) {
    room.joinRoom(user);
    return new Participant(user, device, room, network, time);
  }

  @Test
  void mm33LogGoldenEachLineStartsWithRoomSlotAndOwnDeviceAndNoneHoldsASecret() throws IOException {
    Participant alice = participant("@alice:example.org", "ALICEDEV");
    Participant bob = participant("@bob:example.org", "BOBDEV");
    alice.join();
    network.outcome =
        (from, to) ->
            to.equals(bob.device) && from.equals(alice.device)
                ? new Outcome.NoOneTimeKeys()
                : new Outcome.Sent();
    bob.join();
    network.outcome = (from, to) -> new Outcome.Sent();
    time.advanceMillis(1_000);
    network.deliver(
        new SenderEvidence.OlmDevice(
            new DeviceAddress("@eve:example.org", "EVE\nDEV"), Trust.KNOWN),
        alice.device,
        network.sent.get(0).content());
    network.deliverCleartext("@eve:example.org", alice.device, network.sent.get(0).content());
    bob.leave();
    time.advanceMillis(1_000);
    alice.leave();

    List<String> golden = golden();
    assertThat(alices()).containsExactlyElementsOf(golden);
    assertThat(lines.list)
        .allMatch(line -> line.getFormattedMessage().startsWith("[!call:example.org m.call#ROOM @"))
        .noneMatch(line -> line.getFormattedMessage().contains("\n"));
    assertNoSecrets(alice);
    assertNoSecrets(bob);
  }

  private List<String> alices() {
    List<String> mine = new ArrayList<>();
    for (ILoggingEvent line : lines.list) {
      if (line.getFormattedMessage().startsWith(PREFIX)) {
        mine.add(line.getLevel() + " " + line.getFormattedMessage());
      }
    }
    return mine;
  }

  private void assertNoSecrets(Participant participant) {
    for (ILoggingEvent line : lines.list) {
      for (byte[] secret : participant.secrets) {
        assertThat(line.getFormattedMessage())
            .doesNotContain(HexFormat.of().formatHex(secret))
            .doesNotContain(Base64.getEncoder().withoutPadding().encodeToString(secret))
            .doesNotContain(Arrays.toString(secret));
      }
    }
    assertThat(participant.secrets).isNotEmpty();
    assertThat(participant.made).allMatch(MediaKey::isDestroyed);
  }

  private static List<String> golden() throws IOException {
    try (InputStream in = SessionLogTest.class.getResourceAsStream("/golden/session-log.txt")) {
      if (in == null) {
        throw new IOException("no golden/session-log.txt");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
