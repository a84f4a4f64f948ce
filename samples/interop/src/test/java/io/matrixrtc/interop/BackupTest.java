package io.matrixrtc.interop;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups, secret storage, key files and history between ours and the SDK, on our homeserver. */
@Tag("interop")
class BackupTest {
  @TempDir private Path directory;
  private World world;
  private BackupScenario scenario;
  private DehydrationScenario dehydration;

  @BeforeEach
  void start() throws Exception {
    world = new World("BackupTest");
    scenario = new BackupScenario(world, UnaryOperator.identity(), directory);
    dehydration = new DehydrationScenario(world, UnaryOperator.identity());
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  @Test
  void weRestoreWhatTheSdkBackedUp() throws Exception {
    scenario.weRestoreWhatTheSdkBackedUp();
  }

  @Test
  void theSdkRestoresWhatWeBackedUp() throws Exception {
    scenario.theSdkRestoresWhatWeBackedUp();
  }

  @Test
  void keyFilesGoBothWays() throws Exception {
    scenario.keyFilesGoBothWays();
  }

  @Test
  void historyOfTheSdkIsTakenByUs() throws Exception {
    scenario.historyOfTheSdkIsTakenByUs();
  }

  @Test
  void historyOfOursIsTakenByTheSdk() throws Exception {
    scenario.historyOfOursIsTakenByTheSdk();
  }

  @Test
  void weReadWhatTheSdksDehydratedDeviceGot() throws Exception {
    dehydration.weReadWhatTheSdksDeviceGot();
  }

  @Test
  void theSdkReadsWhatOurDehydratedDeviceGot() throws Exception {
    dehydration.theSdkReadsWhatOurDeviceGot();
  }
}
