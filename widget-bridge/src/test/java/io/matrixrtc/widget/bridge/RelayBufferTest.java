package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.widget.bridge.RelayBuffer.Incoming;
import io.matrixrtc.widget.bridge.RelayBuffer.Numbered;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Numbers, links and origins. */
class RelayBufferTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void relayOnceNothingIsLostOrDoubledWhereverTheConnectionBreaks() {
    Cases.run(
        "relay over broken connections",
        500,
        20_000,
        (seed, random) -> {
          RelayBuffer sender = new RelayBuffer(1_000, 1_000_000);
          RelayBuffer receiver = new RelayBuffer(1, 1);
          List<String> taken = new ArrayList<>();
          Queue<Numbered> wire = new ArrayDeque<>();
          int sent = 0;
          while (sent < 60 || taken.size() < 60) {
            int what = random.nextInt(10);
            if (what < 4 && sent < 60) {
              wire.add(sender.add("m" + sent++));
            } else if (what < 8 && !wire.isEmpty()) {
              Numbered frame = wire.remove();
              Incoming incoming = receiver.receive(frame.number());
              assertThat(incoming).isNotEqualTo(Incoming.GAP);
              if (incoming == Incoming.NEW) {
                taken.add(frame.payload());
              }
              if (random.nextBoolean()) { // some acknowledgements are lost with the connection
                assertThat(sender.acknowledge(receiver.lastReceived())).isTrue();
              }
            } else if (what == 9) { // what was on the wire is gone; then the page comes back
              wire.clear();
              sender.acknowledge(receiver.lastReceived());
              wire.addAll(sender.unacknowledged());
            }
          }
          for (int i = 0; i < 60; i++) {
            assertThat(taken.get(i)).isEqualTo("m" + i);
          }
          assertThat(taken).hasSize(60);
        });
  }

  @Test
  void relayBoundFramesAndCharactersAreBounded() {
    RelayBuffer buffer = new RelayBuffer(2, 10);
    assertThat(buffer.hasRoomFor("a".repeat(10))).isTrue();
    assertThat(buffer.hasRoomFor("a".repeat(11))).isFalse();
    buffer.add("aaaaa");
    assertThat(buffer.hasRoomFor("a".repeat(5))).isTrue();
    assertThat(buffer.hasRoomFor("a".repeat(6))).isFalse();
    buffer.add("a");
    assertThat(buffer.hasRoomFor("")).as("a third frame").isFalse();
    assertThat(buffer.acknowledge(1)).isTrue();
    assertThat(buffer.hasRoomFor("a".repeat(9))).isTrue();
  }

  @Test
  void relayOnceImpossibleNumbersAreTold() {
    RelayBuffer buffer = new RelayBuffer(2, 10);
    buffer.add("a");
    assertThat(buffer.acknowledge(2)).isFalse();
    assertThat(buffer.acknowledge(-1)).isFalse();
    assertThat(buffer.acknowledge(1)).isTrue();
    assertThat(buffer.receive(2)).isEqualTo(Incoming.GAP);
    assertThat(buffer.receive(1)).isEqualTo(Incoming.NEW);
    assertThat(buffer.receive(1)).isEqualTo(Incoming.REPEATED);
    assertThat(buffer.receive(0)).isEqualTo(Incoming.REPEATED);
  }

  @Test
  void linkSignedOnlyOursAndOnlyInTime() {
    SignedLinks links = new SignedLinks(new byte[32]);
    byte[] other = new byte[32];
    other[0] = 1;
    String link = links.sign("alice in !room", NOW, Duration.ofMinutes(1));
    assertThat(links.isValid(link, NOW.plusSeconds(59))).isTrue();
    assertThat(links.isValid(link, NOW.plusSeconds(60))).isFalse();
    assertThat(new SignedLinks(other).isValid(link, NOW)).isFalse();
    for (String forged :
        List.of(
            "",
            "..",
            "a.b.c",
            "a.b.c.d",
            link + "A",
            link.substring(0, link.length() - 2),
            link.replaceFirst("^.", "X"),
            link.replace(".", ".9"))) {
      assertThat(links.isValid(forged, NOW)).as(forged).isFalse();
    }
    assertThatThrownBy(() -> new SignedLinks(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void linkOnceALinkOpensOneSession() {
    SignedLinks links = new SignedLinks(new byte[32]);
    String link = links.sign("t", NOW, Duration.ofMinutes(1));
    assertThat(links.use(link, NOW)).contains("t");
    assertThat(links.use(link, NOW)).isEmpty();
    String second = links.sign("t", NOW, Duration.ofMinutes(1));
    assertThat(links.use(second, NOW)).as("control: another link of the same moment").contains("t");
  }

  @Test
  void bridgeOriginTheWidgetHasAnOriginOfItsOwn() {
    assertThatThrownBy(
            () ->
                BridgeSettings.of(
                    URI.create("https://A.example.org:443/x"), "https://a.example.org"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(
            BridgeSettings.of(URI.create("https://a.example.org/x"), "https://w.example.org")
                .pageOrigin())
        .isEqualTo("https://a.example.org");
    assertThat(BridgeSettings.origin(URI.create("http://h:8080/"))).isEqualTo("http://h:8080");
  }
}
