package io.matrixrtc.widget.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.widget.api.Capability.MessageEvent;
import io.matrixrtc.widget.api.Capability.RoomAccountData;
import io.matrixrtc.widget.api.Capability.StateEvent;
import io.matrixrtc.widget.api.Capability.Timeline;
import io.matrixrtc.widget.api.Capability.ToDevice;
import io.matrixrtc.widget.api.Capability.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Capability strings: read, written, compared. */
class CapabilityTest {
  private static final String STATE = "org.matrix.msc2762.receive.state_event:";
  private static final String EVENT = "org.matrix.msc2762.send.event:";

  @ParameterizedTest
  @CsvSource({
    "m.room.message,m.room.message,-",
    "m.room.message#m.text,m.room.message,m.text",
    "m.room.message#,m.room.message,''",
    "m.room.message##x,m.room.message,#x",
    "m.room.message\\#m.text,m.room.message\\#m.text,-",
    "com.example.a#b,com.example.a#b,-",
    "com.example.a\\#b,com.example.a\\#b,-"
  })
  void capEscapeMessageTypesAsMatrixWidgetApiReadsThem(String rest, String type, String key) {
    assertThat(Capability.parse(EVENT + rest))
        .isEqualTo(new MessageEvent(Flow.SEND, type, value(key)));
  }

  @ParameterizedTest
  @CsvSource({
    "m.room.name,m.room.name,-",
    "m.room.name#,m.room.name,''",
    "m.room.name##k,m.room.name,#k",
    "org.example.\\#test#hello,org.example.#test,hello",
    "a\\\\#b#k,a\\#b,k",
    "org.matrix.msc3401.call.member#_@a:b_DEV_m.call,"
        + "org.matrix.msc3401.call.member,_@a:b_DEV_m.call"
  })
  void capEscapeStateTypesAsMatrixWidgetApiReadsThem(String rest, String type, String key) {
    assertThat(Capability.parse(STATE + rest))
        .isEqualTo(new StateEvent(Flow.RECEIVE, type, value(key)));
  }

  @ParameterizedTest
  @CsvSource({"org.example\\#x,org.example#x", "a\\\\#k,a\\#k"})
  void capEscapeAnEscapedTypeWithoutKeyMeansEveryKey_ours(String rest, String type) {
    assertThat(Capability.parse(STATE + rest))
        .isEqualTo(new StateEvent(Flow.RECEIVE, type, Optional.empty()));
  }

  private static Optional<String> value(String key) {
    return key.equals("-") ? Optional.empty() : Optional.of(key);
  }

  @Test
  void capEscapeInToDeviceTypesNothingIsSpecial() {
    assertThat(Capability.parse("org.matrix.msc3819.send.to_device:a#b"))
        .isEqualTo(new ToDevice(Flow.SEND, "a#b"));
  }

  @Test
  void capUnknownStringsAndBarePrefixesAreKnownAsUnknown() {
    for (String text :
        List.of(
            "", "m.unheard.of", EVENT, STATE, "org.matrix.msc2762.sendx.event:a", "M.STICKER")) {
      assertThat(Capability.parse(text)).isEqualTo(new Unknown(text));
    }
    assertThat(Capability.parse("m.sticker")).as("control").isEqualTo(Feature.STICKER);
  }

  @Test
  void widgetNamesStableSpellingsMeanTheSame() {
    assertThat(Capability.parse("m.send.event:a")).isEqualTo(Capability.parse(EVENT + "a"));
    assertThat(Capability.parse("m.receive.state_event:a#b"))
        .isEqualTo(Capability.parse(STATE + "a#b"));
    assertThat(Capability.parse("m.receive.to_device:a"))
        .isEqualTo(new ToDevice(Flow.RECEIVE, "a"));
    assertThat(Capability.parse("m.timeline:*")).isEqualTo(new Timeline(Optional.empty()));
    assertThat(Capability.parse("m.send.delayed_event")).isEqualTo(Feature.SEND_DELAYED_EVENT);
    assertThat(Capability.parse("rtc_transports")).isEqualTo(Feature.RTC_TRANSPORTS);
  }

  @Test
  void wu12WhatIsPrintedIsReadAsTheSame() {
    List<Capability> all = new ArrayList<>(List.of(Feature.values()));
    all.add(new Timeline(Optional.of("!r:e")));
    all.add(new Timeline(Optional.empty()));
    all.add(new RoomAccountData("m.fully_read"));
    for (Capability capability : all) {
      assertThat(Capability.parse(capability.text())).isEqualTo(capability);
    }
    Cases.run(
        "capability round trip",
        2_000,
        50_000,
        (seed, random) -> {
          String type = text(random) + "x";
          Optional<String> key =
              random.nextBoolean() ? Optional.of(text(random)) : Optional.empty();
          Flow flow = random.nextBoolean() ? Flow.SEND : Flow.RECEIVE;
          Capability state = new StateEvent(flow, type, key);
          assertThat(Capability.parse(state.text())).isEqualTo(state);
          Capability toDevice = new ToDevice(flow, type);
          assertThat(Capability.parse(toDevice.text())).isEqualTo(toDevice);
          Capability message =
              key.isPresent()
                  ? new MessageEvent(flow, Capability.ROOM_MESSAGE, key)
                  : new MessageEvent(flow, "t." + type, key);
          assertThat(Capability.parse(message.text())).isEqualTo(message);
        });
  }

  private static String text(java.util.SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append("ab.#\\_:*".charAt(random.nextInt(8)));
    }
    return text.toString();
  }

  @Test
  void capEscapeWhatCannotBeWrittenCannotBeMade() {
    assertThatThrownBy(() -> new StateEvent(Flow.SEND, "a\\", Optional.of("k")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MessageEvent(Flow.SEND, "m.reaction", Optional.of("k")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new StateEvent(Flow.SEND, "a\\", Optional.empty()).type()).isEqualTo("a\\");
  }

  @Test
  void wu11CapMatchTextsAreComparedExactly() {
    CapabilitySet set =
        CapabilitySet.parse(
            List.of(
                EVENT + "m.room.message#m.text",
                EVENT + "m.reaction",
                STATE + "m.room.topic#",
                STATE + "m.room.member",
                "org.matrix.msc3819.receive.to_device:a",
                "nonsense"));
    Optional<String> text = Optional.of("m.text");
    assertThat(set.allowsMessage(Flow.SEND, "m.room.message", text)).isTrue();
    assertThat(set.allowsMessage(Flow.SEND, "m.room.message", Optional.of("m.image"))).isFalse();
    assertThat(set.allowsMessage(Flow.SEND, "m.room.message", Optional.empty())).isFalse();
    assertThat(set.allowsMessage(Flow.RECEIVE, "m.room.message", text)).isFalse();
    assertThat(set.allowsMessage(Flow.SEND, "m.reaction", text)).isTrue();
    assertThat(set.allowsMessage(Flow.SEND, "m.reaction.x", Optional.empty())).isFalse();
    assertThat(set.allowsState(Flow.RECEIVE, "m.room.topic", "")).isTrue();
    assertThat(set.allowsState(Flow.RECEIVE, "m.room.topic", "x")).isFalse();
    assertThat(set.allowsEveryStateKey(Flow.RECEIVE, "m.room.topic")).isFalse();
    assertThat(set.allowsState(Flow.RECEIVE, "m.room.member", "@any:x")).isTrue();
    assertThat(set.allowsState(Flow.RECEIVE, "m.reaction", "")).isFalse();
    assertThat(set.allowsToDevice(Flow.RECEIVE, "a")).isTrue();
    assertThat(set.allowsToDevice(Flow.SEND, "a")).isFalse();
    assertThat(set.capabilities()).hasSize(5);
  }
}
