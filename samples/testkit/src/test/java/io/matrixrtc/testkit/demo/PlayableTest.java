package io.matrixrtc.testkit.demo;

import static io.matrixrtc.testkit.demo.SyntheticEvidence.ALICE;
import static io.matrixrtc.testkit.demo.SyntheticEvidence.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.media.Clip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlayableTest {
  @TempDir private Path directory;

  @Test
  void aDamagedFileAmongGoodOnesIsNamed() throws Exception {
    byte[] damaged = Clip.BuiltIn.TESTCARD.bytes();
    Arrays.fill(damaged, 60, damaged.length, (byte) 0x5A);
    Check good = check(Clip.BuiltIn.FIFTHS.bytes(), Clip.BuiltIn.TESTCARD.bytes());
    assumeFalse(good.verdict() == Check.Verdict.NOT_APPLICABLE, good.detail());
    assertThat(good.verdict()).as(good.detail()).isEqualTo(Check.Verdict.OK);
    assertThat(good.detail()).isEqualTo("2 files");
    Check bad = check(Clip.BuiltIn.FIFTHS.bytes(), damaged);
    assertThat(bad.failed()).isTrue();
    assertThat(bad.detail()).contains("2.ivf: ffmpeg says").doesNotContain("1.ogg");
  }

  @Test
  void noFilesAreNotOk() {
    SyntheticEvidence evidence = new SyntheticEvidence();
    evidence.recordings.clear();
    Check check = new Playable(directory).check(evidence.build());
    assertThat(check.verdict()).isNotEqualTo(Check.Verdict.OK);
  }

  private Check check(byte[] audio, byte[] video) throws Exception {
    Files.write(directory.resolve("1.ogg"), audio);
    Files.write(directory.resolve("2.ivf"), video);
    List<ParticipantAnswer.Recording> tracks = new ArrayList<>();
    for (String file : List.of("1.ogg", "2.ivf")) {
      tracks.add(new ParticipantAnswer.Recording(BOB, "track", file, true, true));
    }
    SyntheticEvidence evidence = new SyntheticEvidence();
    evidence.recordings.clear();
    evidence.recordings.put(ALICE, new ParticipantAnswer.Recordings(tracks));
    return new Playable(directory).check(evidence.build());
  }
}
