package io.matrixrtc.examples;

import io.matrixrtc.keys.CallContext;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.Delivery;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyTransport;
import io.matrixrtc.keys.KeyWay;
import io.matrixrtc.keys.ReceivedKey;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A key transport of one's own: participants of one JVM, such as the bots of a gateway, hand their
 * keys to each other in memory; to and from all others they go as before.
 *
 * @param here who of this JVM is in the call, shared by all of them; thread-safe
 * @param others for everybody else; closed with this
 */
public record InMemoryKeys(
    Map<DeviceAddress, KeyTransport.Sink> here,
    CallContext context,
    String memberId,
    KeyTransport others)
    implements KeyTransport {
  private static final KeyWay WAY = new KeyWay("in-memory", false);

  @Override
  public CompletionStage<Map<CallMember, Delivery>> send(
      MediaKey key, KeyIndex index, Set<CallMember> to) {
    Map<CallMember, Delivery> all = new HashMap<>();
    for (CallMember member : to) {
      Sink sink = here.get(member.device());
      if (sink != null) {
        synchronized (sink) { // one key at a time
          sink.onKey(received(key, index));
        }
        all.put(member, new Delivery.Served());
      }
    }
    Set<CallMember> elsewhere = new HashSet<>(to);
    elsewhere.removeAll(all.keySet());
    return others.send(key, index, elsewhere).thenAccept(all::putAll).thenApply(done -> all);
  }

  /** A copy, which its receiver owns. Who sent it is beyond doubt: it never left this JVM. */
  private ReceivedKey received(MediaKey key, KeyIndex index) {
    byte[] material = key.copyMaterial();
    MediaKey copy = MediaKey.copyOf(material);
    Arrays.fill(material, (byte) 0);
    SenderEvidence evidence =
        new SenderEvidence.OlmDevice(context.own(), SenderEvidence.Trust.VERIFIED);
    return new ReceivedKey(context.own(), evidence, memberId, index, copy, Optional.empty(), WAY);
  }

  @Override
  public Subscription subscribe(Sink sink) {
    Subscription remote = others.subscribe(sink);
    here.put(context.own(), sink);
    return () -> {
      here.remove(context.own(), sink);
      remote.close();
    };
  }

  @Override
  public KeyWay way() {
    return others.way();
  }

  @Override
  public void onRetired(KeyIndex index) {
    others.onRetired(index);
  }

  @Override
  public void onMembers(Set<DeviceAddress> present) {
    others.onMembers(present);
  }

  @Override
  public void close() {
    others.close();
  }
}
