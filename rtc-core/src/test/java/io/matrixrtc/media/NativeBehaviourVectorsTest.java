package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What was observed on native receivers: each observation names the test that shows what ours does.
 * The first pattern that the observation's name matches decides.
 */
class NativeBehaviourVectorsTest {
  private record TestMethod(Class<?> type, String name) {}

  private static final Map<Pattern, TestMethod> ANSWERS = new LinkedHashMap<>();

  static {
    answer("data packet.*encryption_?type", DataPacketCipherTest.class, "encryptionTypeIsIgnored");
    answer(
        "data packet.*(ratchet|step)",
        DataPacketCipherTest.class,
        "dataFollowsTheRatchetAsFramesDo_ours");
    answer(
        "ratchetwindowsize \\+ 1|beyond the window|window \\+ 1",
        FrameDecryptorTest.class,
        "walk_oneStepBeyondTheWindowIsRefusedAndNothingLost");
    answer(
        "older (ratchet )?step|old(er)? generation",
        KeyRingTest.class,
        "keyR3_previousGenerationIsAcceptedForTwoSeconds");
    answer(
        "steps? ahead|ratchet(ed|s)?\\b|window",
        FrameDecryptorTest.class,
        "walk_followsEveryStepOfTheWindow_ours");
    answer(
        "key set|set(ting)? (a|the) key|different index",
        FrameDecryptorTest.class,
        "failuresAreOfTheIndexThatTheFrameNames");
    answer(
        "tolerance|failures|success|counter",
        FrameDecryptorTest.class,
        "walk_derivesEachGenerationOnceHoweverManyFramesFail");
    answer(
        "missing key|no key|without (a )?key",
        FrameDecryptorTest.class,
        "failuresAreOfTheIndexThatTheFrameNames");
    answer("iv length", FrameDecryptorTest.class, "frameIv_lengthsOtherThan12AreRefused_ours");
    answer(
        "emulation|escap|literal 00",
        FrameVectorsTest.class,
        "frame"); // IVs that needed escapes are among these, and ours makes none: KEY-IV
    answer("clear bytes|sei", FrameDecryptorTest.class, "largeClearHeadersAndEscapedFramesDecrypt");
    answer(
        "consisting of|short|tiny|truncated|0c 00|bytes? only",
        FrameDecryptorTest.class,
        "frameStrict_framesShorterThanHeaderTagAndTrailerAreRefused_ours");
    answer(
        "index 255|keyring|ring size|key index",
        FrameDecryptorTest.class,
        "keyIndex255WorksOnAFullRing");
    answer("sif|trailer|injected", ServerInjectedFramesTest.class, "sif_anyOtherPayloadIsDropped");
    answer(
        "av1",
        FrameEncryptorTest.class,
        "frameClosed_withoutKeyOrKnownProtectionNothingLeaves_ours");
    answer(
        "disabled|unencrypted|discard",
        FrameDecryptorTest.class,
        "frameClosed_onlyExplicitlyClearTracksPassUnencrypted");
  }

  private static void answer(String pattern, Class<?> type, String method) {
    ANSWERS.put(Pattern.compile(pattern), new TestMethod(type, method));
  }

  @TestFactory
  Stream<DynamicTest> nativeBehaviour() {
    return LiveKitVectors.tests("native-behaviour", NativeBehaviourVectorsTest::isAnswered);
  }

  private static void isAnswered(JsonNode vector) {
    String name = vector.get("name").asText().toLowerCase(Locale.ROOT);
    TestMethod test =
        ANSWERS.entrySet().stream()
            .filter(answer -> answer.getKey().matcher(name).find())
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no test for: " + name));
    assertThat(test.type().getDeclaredMethods())
        .as("%s is answered by %s.%s", name, test.type().getSimpleName(), test.name())
        .anyMatch(method -> method.getName().equals(test.name()));
  }

  @Test
  void everyAnswerIsATestThatExists() {
    assertThat(ANSWERS.values())
        .allSatisfy(
            test ->
                assertThat(test.type().getDeclaredMethods())
                    .anyMatch(method -> method.getName().equals(test.name())));
  }
}
