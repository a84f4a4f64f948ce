package io.matrixrtc.testkit.script;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.Delivery;
import io.matrixrtc.keys.KeyTransport;
import io.matrixrtc.keys.RotationPlan;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.keys.RotationView;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.testkit.agent.KeyWiring;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** Key managers with one fault each, for scripts to find. */
final class BrokenKeys {
  private BrokenKeys() {}

  /** Sends each key under the index after its own. */
  static KeyWiring sendsToTheWrongIndex() {
    return sending(
        (ours, parts) ->
            (key, index, to) -> ours.send(key, new KeyIndex((index.value() + 1) & 0xFF), to));
  }

  /** Leaves one device out, and says that it was served. */
  static KeyWiring skips(String deviceId) {
    return sending(
        (ours, parts) ->
            (key, index, to) -> {
              Set<CallMember> others = new LinkedHashSet<>(to);
              others.removeIf(member -> member.device().deviceId().equals(deviceId));
              Map<CallMember, Delivery> outcomes = new HashMap<>();
              to.forEach(member -> outcomes.put(member, new Delivery.Served()));
              if (others.isEmpty()) {
                return CompletableFuture.completedFuture(outcomes);
              }
              return ours.send(key, index, others)
                  .thenApply(
                      sent -> {
                        outcomes.putAll(sent);
                        return outcomes;
                      });
            });
  }

  /** Sends each key as Olm-encrypted messages, and once more in the clear. */
  static KeyWiring sendsInTheClear() {
    return sending(
        (ours, parts) ->
            (key, index, to) -> {
              ObjectNode content = Json.newObject();
              content
                  .putObject("keys")
                  .put("index", index.value())
                  .put("key", Base64.getEncoder().encodeToString(key.copyMaterial()));
              to.forEach(
                  member ->
                      parts
                          .clear()
                          .send(
                              "io.element.call.encryption_keys",
                              member.device().userId(),
                              member.device().deviceId(),
                              content));
              return ours.send(key, index, to);
            });
  }

  /** Goes on with its key when somebody leaves. */
  static KeyWiring keepsItsKeyWhenSomebodyLeaves() {
    return planning(
        plan ->
            plan instanceof RotationPlan.Rotate rotate
                    && rotate.cause() == RotationPlan.Cause.MEMBER_LEFT
                ? RotationPlan.Keep.UNTIL_A_CHANGE
                : plan);
  }

  /** Uses each new key before anybody can have it. */
  static KeyWiring usesKeysAtOnce() {
    return planning(
        plan ->
            plan instanceof RotationPlan.Rotate rotate
                ? new RotationPlan.Rotate(rotate.cause(), new RotationPlan.Use.AtOnce())
                : plan);
  }

  private interface Send {
    CompletionStage<Map<CallMember, Delivery>> send(
        MediaKey key, KeyIndex index, Set<CallMember> to);
  }

  private interface Break {
    Send of(KeyTransport ours, KeyWiring.Parts parts);
  }

  private static KeyWiring sending(Break how) {
    return new KeyWiring() {
      @Override
      public KeyTransport transport(KeyTransport ours, Parts parts) {
        Send broken = how.of(ours, parts);
        return new KeyTransport() {
          @Override
          public CompletionStage<Map<CallMember, Delivery>> send(
              MediaKey key, KeyIndex index, Set<CallMember> to) {
            return broken.send(key, index, to);
          }

          @Override
          public Subscription subscribe(Sink sink) {
            return ours.subscribe(sink);
          }

          @Override
          public void close() {
            ours.close();
          }
        };
      }
    };
  }

  private static KeyWiring planning(UnaryOperator<RotationPlan> how) {
    return new KeyWiring() {
      @Override
      public RotationPolicy policy(RotationPolicy ours) {
        return new RotationPolicy() {
          @Override
          public String name() {
            return ours.name();
          }

          @Override
          public RotationPlan plan(RotationView view) {
            return how.apply(ours.plan(view));
          }

          @Override
          public boolean sharesUsedKeys() {
            return true;
          }
        };
      }
    };
  }
}
