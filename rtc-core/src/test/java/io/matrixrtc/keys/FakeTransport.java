package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A transport that remembers what it was given and answers at once, or when told to. */
final class FakeTransport implements KeyTransport {
  /** One call of send. */
  record Sent(String key, Set<CallMember> to, CompletableFuture<Map<CallMember, Delivery>> answer) {
    /** The device ids it went to, in order of their names, after the index: {@code 0>A,B}. */
    @Override
    public String toString() {
      return key.substring(0, key.indexOf(':'))
          + ">"
          + to.stream()
              .map(member -> member.device().deviceId())
              .sorted()
              .collect(Collectors.joining(","));
    }

    void answerAll(Delivery delivery) {
      Map<CallMember, Delivery> answers = new LinkedHashMap<>();
      to.forEach(member -> answers.put(member, delivery));
      answer.complete(answers);
    }
  }

  static final Delivery SERVED = new Delivery.Served();
  static final Delivery FAILED = new Delivery.Failed(Delivery.Reason.NOT_SENT, "offline");

  final List<Sent> sent = new ArrayList<>();
  final List<Sink> sinks = new ArrayList<>();

  /** The outcome for a member; null leaves the answer to the test. */
  Function<CallMember, Delivery> outcome = member -> SERVED;

  boolean answerAtOnce = true;
  int closed;

  @Override
  public CompletionStage<Map<CallMember, Delivery>> send(
      MediaKey key, KeyIndex index, Set<CallMember> to) {
    key.copyMaterial();
    Sent call = new Sent(index + ":" + key.fingerprint(), to, new CompletableFuture<>());
    sent.add(call);
    if (answerAtOnce) {
      Map<CallMember, Delivery> answers = new LinkedHashMap<>();
      to.forEach(member -> answers.put(member, outcome.apply(member)));
      call.answer.complete(answers);
    }
    return call.answer;
  }

  @Override
  public KeyWay way() {
    return new KeyWay("fake", false);
  }

  @Override
  public Subscription subscribe(Sink sink) {
    sinks.add(sink);
    return () -> sinks.remove(sink);
  }

  @Override
  public void close() {
    closed++;
  }

  /** What was sent, as {@code index>device,device}. */
  List<String> log() {
    return sent.stream().map(Sent::toString).toList();
  }

  Sent last() {
    return sent.get(sent.size() - 1);
  }
}
