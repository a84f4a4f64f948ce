package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.WorldSettings;
import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.ScriptSettings;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A scripted call some of whose devices are played by other implementations than ours. */
final class MixedCall implements AutoCloseable {
  private static final Duration KEYS_AT_REST = Duration.ofSeconds(2);
  private static final String KEYS = "io.element.call.encryption_keys";

  private final Function<String, Player> cast;
  private final BiFunction<Player, String, WorldSettings.Starter> players;
  final CallScript script;

  /** Who a device is played by. */
  enum Player {
    OURS,
    JS_SDK,
    /** Has keys as room events, and nothing else. */
    JS_SDK_39,
    ELEMENT_CALL
  }

  /**
   * @param cast who plays a device, by its name
   * @param players makes another implementation's device of a name
   */
  MixedCall(
      ScriptSettings settings,
      Function<String, Player> cast,
      BiFunction<Player, String, WorldSettings.Starter> players) {
    this.script = CallScript.open(settings);
    this.cast = cast;
    this.players = players;
  }

  /** A device of the call, played by whom the cast says. */
  CallDevice device(String name) {
    CallDevice device = script.device(name);
    if (!isOurs(device)) {
      device.playedBy(players.apply(player(device), name.replace('/', '-')));
    }
    return device;
  }

  /** Has our devices have their keys by room events, too, for those who know nothing else. */
  void speakToOldClients(CallDevice... some) {
    for (CallDevice device : some) {
      if (isOurs(device)) {
        device.withKeys(KeyWiring.adaptive());
      }
    }
  }

  private Player player(CallDevice device) {
    return Objects.requireNonNull(cast.apply(device.name()), device.name());
  }

  boolean isOurs(CallDevice device) {
    return player(device) == Player.OURS;
  }

  /** Whether it is known which keys it gave to whom. */
  boolean tellsWhatItServes(CallDevice device) {
    return isOurs(device) || player(device) == Player.ELEMENT_CALL;
  }

  /** Whether every joiner has it use a new key. Element Call keeps one for ten seconds. */
  boolean rotatesForJoiners(CallDevice device) {
    return player(device) != Player.ELEMENT_CALL;
  }

  /** Whether it gives no key to a device that its user has not signed. */
  boolean refusesUnsigned(CallDevice device) {
    return player(device) != Player.JS_SDK;
  }

  /**
   * All that they sent is in the trace as it was meant, and their keys as they went out, too;
   * readable in neither.
   */
  void expectKeyMessagesInTheTrace(CallDevice... senders) {
    for (CallDevice sender : senders) {
      List<TraceEvent.MessageSent> all =
          script.trace().events(TraceEvent.MessageSent.class).stream()
              .filter(message -> message.from().equals(sender.identity()))
              .toList();
      assertThat(all).allSatisfy(message -> assertThat(message.clear()).isNotEmpty());
      List<TraceEvent.MessageSent> keys =
          all.stream().filter(message -> message.type().equals(KEYS)).toList();
      assertThat(keys).as("key messages of %s", sender.name()).isNotEmpty();
      assertThat(keys)
          .allSatisfy(
              message -> {
                assertThat(message.clear()).contains("<key ");
                assertThat(message.sent()).contains("ciphertext").doesNotContain("<key ");
                assertThat(message.outcome()).isEqualTo("200");
              });
    }
  }

  /** Signs devices in; the script waits until everyone who has to has heard of them. */
  void admit(CallDevice... some) {
    script.admit(List.of(some));
  }

  /** Signs devices in, has them join the call, and waits until all hear each other. */
  void start(CallDevice... some) {
    script.start(some);
    script.expectAll().toHearEachOther();
    // A key of another implementation is known of when it is used. One that was made for a joiner
    // and
    // is not in use yet would count as made for whatever comes next.
    script.goOn(KEYS_AT_REST);
  }

  @Override
  public void close() {
    script.close();
  }
}
