package io.matrixrtc.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.EncodedFrame;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.ScriptSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Participants play files of the script's author. */
class OwnFilesTest {
  @TempDir Path folder;

  /** The first second of a built-in clip. */
  private Path shortened(Clip.BuiltIn which, int frames) throws Exception {
    Clip whole = which.load();
    List<EncodedFrame> some = whole.frames().subList(0, frames);
    Path file = folder.resolve(which.file());
    Files.write(file, whole.layout().write(some));
    return file;
  }

  @Test
  void framesAreThoseOfTheFilesAndAreHeardAsSuch_SCRIPT_MEDIA() throws Exception {
    Path pictures = shortened(Clip.BuiltIn.TESTCARD, 30);
    Clip own = Clip.read("own", Files.readAllBytes(pictures));
    assertThat(own.frames()).hasSize(30);
    assertThat(Clips.of(List.of(pictures.toString())).of("@a:x:A").video().frames()).hasSize(30);
    assertThat(Clips.of(List.of(pictures.toString())).of("@a:x:A").audio().kind())
        .as("of what there is no file")
        .isEqualTo(TrackKind.AUDIO);
    try (CallScript call = CallScript.open(ScriptSettings.embedded().withMedia(pictures))) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      call.start(alice, bob);
      call.expectAll().toHearEachOther();
      ParticipantAnswer.Heard heard =
          bob.participant().count().heard().get(alice.participant().identity());
      assertThat(heard).isNotNull();
      assertThat(heard.decrypted()).isPositive();
      assertThat(heard.differing()).isZero();
    }
  }

  @Test
  void aFileThatIsNoneIsRefusedInASentence_SCRIPT_MEDIA() throws Exception {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no media");
    try (CallScript call = CallScript.open(ScriptSettings.embedded().withMedia(text))) {
      assertThatThrownBy(() -> call.start(call.device("alice")))
          .isInstanceOf(ScriptException.class)
          .hasMessageContaining("notes.txt is neither Ogg with Opus nor IVF with VP8");
    }
  }
}
