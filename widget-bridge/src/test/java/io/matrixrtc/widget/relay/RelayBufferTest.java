package io.matrixrtc.widget.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.widget.relay.RelayBuffer.Incoming;
import io.matrixrtc.widget.relay.RelayBuffer.Numbered;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Numbers, bounds and acknowledgements. */
class RelayBufferTest {

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
              Incoming incoming = receiver.receive(frame.number(), 2);
              assertThat(incoming).isNotEqualTo(Incoming.GAP);
              if (incoming == Incoming.NEW) {
                taken.add(frame.payload());
              }
              if (random.nextBoolean()) { // some acknowledgements are lost with the connection
                assertThat(sender.acknowledge(receiver.tellReceived())).isTrue();
              }
            } else if (what == 9) { // what was on the wire is gone; then the page comes back
              wire.clear();
              sender.acknowledge(receiver.tellReceived());
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
    assertThat(buffer.receive(2, 1)).isEqualTo(Incoming.GAP);
    assertThat(buffer.receive(1, 1)).isEqualTo(Incoming.NEW);
    assertThat(buffer.receive(1, 1)).isEqualTo(Incoming.REPEATED);
    assertThat(buffer.receive(0, 1)).isEqualTo(Incoming.REPEATED);
  }

  @Test
  void relayAckAFrameThatGoesOutSaysWhatCameIn() {
    RelayBuffer buffer = new RelayBuffer(10, 1_000);
    Numbered frame = buffer.add("{\"t\":\"x\"}");
    assertThat(buffer.text(frame)).isEqualTo("{\"n\":1,\"ack\":0,\"t\":\"x\"}");
    assertThat(buffer.owesAcknowledgement()).isFalse();
    buffer.receive(1, 5);
    buffer.receive(2, 5);
    assertThat(buffer.owesAcknowledgement()).isTrue();
    assertThat(buffer.text(frame)).as("sent again").startsWith("{\"n\":1,\"ack\":2,");
    assertThat(buffer.owesAcknowledgement()).as("told").isFalse();
    buffer.receive(2, 5);
    assertThat(buffer.owesAcknowledgement())
        .as("the peer repeats what it was not told of")
        .isTrue();
    assertThat(buffer.acknowledgement()).isEqualTo("{\"t\":\"ack\",\"n\":2}");
    assertThat(buffer.owesAcknowledgement()).isFalse();
    buffer.receive(4, 5);
    assertThat(buffer.owesAcknowledgement()).as("a gap is not taken").isFalse();
  }

  @Test
  void relayAckSoManyFramesOrCharactersAreToldAtOnce() {
    RelayBuffer buffer = new RelayBuffer(10, 1_000);
    for (int i = 1; i < RelayBuffer.MAX_OWED_FRAMES; i++) {
      buffer.receive(i, 1);
    }
    assertThat(buffer.owesAcknowledgementNow()).as("one less").isFalse();
    buffer.receive(RelayBuffer.MAX_OWED_FRAMES, 1);
    assertThat(buffer.owesAcknowledgementNow()).isTrue();
    assertThat(buffer.tellReceived()).isEqualTo(RelayBuffer.MAX_OWED_FRAMES);
    assertThat(buffer.owesAcknowledgementNow()).isFalse();
    buffer.receive(RelayBuffer.MAX_OWED_FRAMES + 1, RelayBuffer.MAX_OWED_CHARS - 1);
    assertThat(buffer.owesAcknowledgementNow()).as("one less").isFalse();
    buffer.receive(RelayBuffer.MAX_OWED_FRAMES + 2, 1);
    assertThat(buffer.owesAcknowledgementNow()).isTrue();
  }

  @Test
  void aPayloadIsNotShown() {
    assertThat(new Numbered(1, "{\"key\":\"secret\"}").toString()).doesNotContain("secret");
  }
}
