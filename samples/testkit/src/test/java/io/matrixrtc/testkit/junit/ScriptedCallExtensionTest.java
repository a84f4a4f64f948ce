package io.matrixrtc.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@ScriptedCallTest(policy = "demand", trust = "cross-signed", seed = 3)
class ScriptedCallExtensionTest {
  @Test
  void aTestIsGivenItsScriptAndDevicesByName_SCRIPT_JUNIT(
      CallScript call, CallDevice alice, @Device("bob/phone") CallDevice phone) {
    assertThat(call.devices()).containsExactly(alice, phone);
    assertThat(alice.name()).isEqualTo("alice");
    assertThat(phone.name()).isEqualTo("bob/phone");
    assertThat(call.settings().policy()).isEqualTo("demand");
    assertThat(call.settings().trust()).isEqualTo("cross-signed");
    assertThat(call.settings().seed()).isEqualTo(3);
    assertThat(call.settings().title())
        .isEqualTo("ScriptedCallExtensionTest.aTestIsGivenItsScriptAndDevicesByName_SCRIPT_JUNIT");
  }

  @Test
  @ScriptedCallTest(speed = 4, patienceSeconds = 7)
  void aMethodsAnnotationCountsMoreThanItsClasss_SCRIPT_JUNIT(CallScript call) {
    assertThat(call.settings().speed()).isEqualTo(4);
    assertThat(call.settings().patience()).isEqualTo(Duration.ofSeconds(7));
    assertThat(call.settings().policy()).isEqualTo("strict");
  }

  @Test
  void theTraceThatAFailureLeavesCanBeRead_SCRIPT_JUNIT(CallScript call) throws Exception {
    call.world().record(new TraceEvent.Noted(null, "here"));
    Path file = ScriptedCallExtension.keepTrace(call, "kept-for-a-test");
    assertThat(TraceJson.read(file)).isEqualTo(call.trace());
    Files.delete(file);
    Files.delete(file.resolveSibling("kept-for-a-test.html"));
  }
}
