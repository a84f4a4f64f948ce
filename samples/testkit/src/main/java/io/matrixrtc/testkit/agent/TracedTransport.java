package io.matrixrtc.testkit.agent;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.Delivery;
import io.matrixrtc.keys.KeyTransport;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Tells the trace which keys are offered to whom, whatever carries them. */
final class TracedTransport implements KeyTransport {
  private final String self;
  private final KeyTransport transport;
  private final Consumer<TraceEvent> trace;

  TracedTransport(String self, KeyTransport transport, Consumer<TraceEvent> trace) {
    this.self = self;
    this.transport = transport;
    this.trace = trace;
  }

  @Override
  public CompletionStage<Map<CallMember, Delivery>> send(
      MediaKey key, KeyIndex index, Set<CallMember> to) {
    byte[] material = key.copyMaterial();
    try {
      KeyRef ref = new KeyRef(self, index.value(), 0, KeyFingerprint.of(material));
      to.forEach(one -> trace.accept(new TraceEvent.KeyOffered(ref, one.mediaIdentity())));
    } finally {
      Arrays.fill(material, (byte) 0);
    }
    return transport.send(key, index, to);
  }

  @Override
  public Subscription subscribe(Sink sink) {
    return transport.subscribe(sink);
  }

  @Override
  public void close() {
    transport.close();
  }
}
